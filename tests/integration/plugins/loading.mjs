// A plugin that ends the node's own process while it is loaded into it: the next start leaves it alone and says so.
import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";
import { TwoNodes, until } from "../two_nodes.mjs";

const [build, relative] = process.argv.slice(2);
const exits = path.resolve(relative);

test("a plugin that ends the node as it is loaded is left alone at the next start", async (context) => {
  const nodes = await TwoNodes.make(build, (country, toml) => country !== "ma" ? toml : toml +
    `\n[[plugin]]\ninstance = "fatal"\nplugin = "${exits}"\nrun = "inprocess"\n`);
  context.after(() => nodes.end());
  const plugin = async () => (await nodes.ask("ma", "plugin", "info", "fatal"))[0];
  const told = async () => (await nodes.ask("ma", "feed")).filter((one) => one.name === "plugin.quarantined" && one.peer === "fatal");

  await assert.rejects(nodes.start("ma"), /ma ended with 0/);
  await nodes.start("ma");
  assert.equal((await plugin()).state, "quarantined");
  assert.equal((await fetch(`http://127.0.0.1:${nodes.chatPort.ma}/`)).status, 200);  // the rest works
  const [event] = await until("the news", 20_000, async () => (await told()).length === 1 && told());
  assert.ok(event.who.includes("amina"));

  await context.test("it stays so over a restart, until a person has it tried again", async () => {
    await nodes.stop("ma");
    await nodes.start("ma");
    assert.equal((await plugin()).state, "quarantined");
    const { ended } = nodes.running.get("ma");
    await nodes.ask("ma", "plugin", "resume", "fatal").catch(() => {});  // the answer may be lost with the node
    assert.equal(await ended, 0);
    await nodes.start("ma");
    assert.equal((await plugin()).state, "quarantined");
  });
});
