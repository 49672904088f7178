// A real node with an isolated channel that crashes on purpose: it runs again, a message that ends it three times
// becomes a dead letter, others go on, too many crashes are a quarantine, and a killed node leaves nothing behind.
import { randomBytes } from "node:crypto";
import assert from "node:assert/strict";
import { resolve } from "node:path";
import test from "node:test";
import { TwoNodes, until } from "../two_nodes.mjs";
import { pluginProcesses } from "./processes.mjs";

const build = process.argv[2];
const hostile = resolve(process.argv[3]);  // a node takes a path as from its own folder
const name = `hostile-${randomBytes(4).toString("hex")}`;  // also the argument of its process

const processes = () => pluginProcesses(name);

test("a plugin that crashes is looked after, and so is what it was given", async (context) => {
  const nodes = await TwoNodes.make(build, (country, toml) => country !== "ma" ? toml : toml +
    `\n[[plugin]]\ninstance = "${name}"\nplugin = "${hostile}"\nrun = "isolated"\n[plugin.config]\nspeaks = true\n`);
  context.after(() => nodes.end());
  await nodes.start("ma");
  const plugin = async () => (await nodes.ask("ma", "plugin", "list")).find((one) => one.instance === name);
  const feed = async (event) => (await nodes.ask("ma", "feed")).filter((one) => one.name === event);
  const running = () => until("the plugin runs", 20_000, async () => (await plugin()).state === "running");

  assert.equal((await plugin()).run, "isolated");
  const contact = await until("its message", 20_000, async () =>
    (await nodes.ask("ma", "contact", "list"))[0]);
  await nodes.ask("ma", "contact", "open", contact.id);

  await context.test("a message that ends it three times is set aside for a person", async () => {
    await nodes.ask("ma", "contact", "reply", contact.id, "segv");
    await nodes.ask("ma", "contact", "reply", contact.id, "anything");  // behind it, about the same
    await until("a dead letter", 60_000, async () => (await feed("plugin.dead_letter")).length === 1);
    await until("what was behind it is delivered", 60_000, async () => {
      const { waiting, deadLetters } = await plugin();
      return waiting === 0 && deadLetters.length === 1;
    });
    const { crashes, transitions } = await plugin();
    assert.equal(crashes, 3);
    assert.ok(transitions.some((one) => one.state === "restarting" && one.reason === "crash" && one.how === "SIGSEGV"));
    assert.equal((await feed("contact.undeliverable")).length, 1);
    await running();
  });

  await context.test("a person gives it once more, and five crashes are a quarantine", async () => {
    const [letter] = (await plugin()).deadLetters;
    await nodes.ask("ma", "plugin", "retry", name, String(letter.number));
    // Two more crashes are five within ten minutes.
    await until("the quarantine", 60_000, async () => (await plugin()).state === "quarantined");
    assert.equal((await processes()).length, 0);
    assert.equal((await feed("plugin.quarantined")).length, 1);
    assert.equal((await nodes.ask("ma", "status")).healthy, true);
  });

  await context.test("a person lets it go on, and drops the letter", async () => {
    const waiting = (await plugin()).deadLetters.length;
    assert.equal(waiting, 0);  // it had one strike to go
    await nodes.ask("ma", "plugin", "resume", name);
    await until("a dead letter", 60_000, async () => (await plugin()).deadLetters.length === 1);
    const [letter] = (await plugin()).deadLetters;
    await nodes.ask("ma", "plugin", "drop", name, String(letter.number));
    assert.equal((await plugin()).deadLetters.length, 0);
    await running();
  });

  await context.test("a node that is killed leaves no process behind", async () => {
    await running();
    assert.equal((await processes()).length, 1);
    await nodes.stop("ma", "SIGKILL");
    await until("its plugin's process has ended", 20_000, async () => (await processes()).length === 0);
  });

  await context.test("a node that is stopped takes its plugins along", async () => {
    await nodes.start("ma");
    await running();
    await nodes.stop("ma");
    assert.equal((await processes()).length, 0);
  });
});
