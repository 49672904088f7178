// A version that falls in its first seconds: the one before comes again by itself, with what was not delivered.
import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { TwoNodes, until } from "../two_nodes.mjs";
import { otherVersion } from "./versions.mjs";

const [build, relative] = process.argv.slice(2);
const hostile = path.resolve(relative);

test("a version that falls in its first seconds makes room for the one before", async (context) => {
  const nodes = await TwoNodes.make(build, (country, toml) => country !== "ma" ? toml : toml
    .replace(/^folders = \[/m, `folders = ["${path.dirname(hostile)}", `)
    + '\n[[plugin]]\ninstance = "trial"\nplugin = "hostile"\n[plugin.config]\nspeaks = true\n');
  context.after(() => nodes.end());
  await nodes.start("ma");
  const ask = (...args) => nodes.ask("ma", ...args);
  const plugin = async () => (await ask("plugin", "info", "trial"))[0];
  const contact = await until("its message", 20_000, async () => (await ask("contact", "list"))[0]);
  await ask("contact", "open", contact.id);

  await ask("plugin", "install", await otherVersion(hostile, nodes.file("hostile.so"), [["6.6.6", "6.6.7"]]));
  await ask("plugin", "reload", "trial");
  assert.equal((await plugin()).version, "6.6.7");
  await ask("contact", "reply", contact.id, "segv");  // which ends it
  await until("the version before", 20_000, async () => (await plugin()).version === "6.6.6");
  const last = await until("why", 20_000, async () => (await plugin()).transitions.find((one) => one.reason === "fell_back"));
  assert.match(last.how, /6\.6\.7 ended \(SIGSEGV\), back to 6\.6\.6/);
  assert.equal((await ask("feed")).filter((one) => one.name === "plugin.fell_back").length, 1);

  // What it fell over is given again, as ever, and becomes a dead letter; the version before is not given up for it.
  await until("a dead letter", 60_000, async () => (await plugin()).deadLetters.length === 1);
  assert.equal((await plugin()).version, "6.6.6");
  // It is the one in use after a restart, too.
  await nodes.stop("ma");
  await nodes.start("ma");
  assert.equal((await plugin()).version, "6.6.6");
});
