// A node that names signers: what it refuses to load and to install, what an upgrade may do that nobody granted, and
// what enable, disable, reload and rollback do to the page that children see.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { TwoNodes, until } from "../two_nodes.mjs";
import { pluginProcesses } from "./processes.mjs";
import { otherVersion } from "./versions.mjs";

const [build] = process.argv.slice(2);

const signer = (role, key, kinds) => `
[[plugins.signer]]
role = "${role}"
key = "${key}"
kinds = ${JSON.stringify(kinds)}
`;

test("a node that names signers runs what they have signed, and nothing else", async (context) => {
  const folder = await mkdtemp(path.join(tmpdir(), "sanad-plugins-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const at = (name) => path.join(folder, name);
  for (const [kind, name] of [["storage", "lmdb"], ["channels", "webchat"]])
    await copyFile(`${build}/plugins/${kind}/${name}/${name}.so`, at(`${name}.so`));
  const nodes = await TwoNodes.make(build);
  context.after(() => nodes.end());
  const verifiers = {};
  for (const name of ["project", "partner", "stranger"]) {
    const said = await nodes.sanad(["directory", "steward-key", at(`${name}.key`), "--name", `${name}.example`]);
    verifiers[name] = /\S+\.example\+\S+/.exec(said)[0];
  }
  const toml = path.join(nodes.data("ma"), "node.toml");
  const settings = (await readFile(toml, "utf8")).replace(/^folders = .*$/m, `folders = ["${folder}"]`)
    + signer("project", verifiers.project, ["channel", "storage", "partner"]) + signer("partner", verifiers.partner, ["channel"]);
  await writeFile(toml, settings);
  const sign = (file, key) => nodes.sanad(["plugin", "sign", file, "--key", at(`${key}.key`)]);
  const refused = (work, text) => assert.rejects(work, (error) => text.test(`${error.message}${error.stdout ?? ""}${error.stderr ?? ""}`) || assert.fail(`${error.message} ${error.stdout}`));
  const ask = (...args) => nodes.ask("ma", ...args);
  const chat = async () => (await ask("plugin", "info", "chat"))[0];
  const page = async () => (await fetch(`http://127.0.0.1:${nodes.chatPort.ma}/`, { headers: { Connection: "close" } })).status;

  await context.test("it does not start with a plugin that is not signed, and says how to mend it", async () => {
    await sign(at("lmdb.so"), "project");
    await refused(nodes.start("ma"), /webchat\.so: is not signed.*sanad plugin sign/);
    await sign(at("webchat.so"), "stranger");
    await refused(nodes.start("ma"), /signed by nobody whom this node believes/);
    await sign(at("webchat.so"), "partner");
    await nodes.start("ma");
    assert.equal((await chat()).signer, "partner.example");
    assert.equal(await page(), 200);
  });

  const next = await otherVersion(at("webchat.so"), at("next.so"), [["0.1.0", "0.1.1"], ["certificateFile", "certificateFilf"]]);

  await context.test("it installs no unsigned file, and none whose note was edited or is another's", async () => {
    await refused(ask("plugin", "install", next), /is not signed/);
    await copyFile(at("webchat.so.note"), at("next.so.note"));
    await refused(ask("plugin", "install", next), /not the file that was signed/);
    await rm(at("next.so.note"));
    await sign(next, "partner");
    const note = await readFile(at("next.so.note"), "utf8");
    await writeFile(at("next.so.note"), note.replace("grant inbound.submit", "grant session.proxy"));
    await refused(ask("plugin", "install", next), /changed after it was signed/);
    await writeFile(at("next.so.note"), note);
  });

  await context.test("before an upgrade it shows what differs, and gives nothing that nobody granted", async () => {
    const differences = await ask("plugin", "info", "chat", "--against", next);
    assert.deepEqual(differences.find((one) => one.what === "version"), { what: "version", before: "0.1.0", after: "0.1.1" });
    assert.ok(differences.some((one) => one.after === "file:certificateFilf"));
    assert.ok(differences.some((one) => one.before === "file:certificateFile"));
    const installed = await ask("plugin", "install", next);
    assert.deepEqual([installed.former, installed.version, installed.signer], ["0.1.0", "0.1.1", "partner.example"]);
    assert.deepEqual(installed.withheld, ["file:certificateFilf"]);
    const kept = path.join(nodes.data("ma"), "plugins", `${installed.hash}.so`);
    assert.equal((await stat(kept)).mode & 0o777, 0o400);
    assert.equal((await chat()).version, "0.1.0");  // until somebody says so
    await ask("plugin", "reload", "chat");
    const { version, withheld, grants, hash } = await chat();
    assert.deepEqual([version, withheld, hash], ["0.1.1", ["file:certificateFilf"], installed.hash]);
    assert.ok(!grants.includes("file:certificateFilf") && grants.includes("inbound.submit"));
    assert.equal(await page(), 200);
    assert.deepEqual((await ask("plugin", "install", next, "--grant", "file:certificateFilf")).withheld, []);
    await ask("plugin", "reload", "chat");
    assert.equal((await chat()).withheld?.length ?? 0, 0);
  });

  await context.test("what is switched off is off over a restart, and people read whom to call", async () => {
    await ask("plugin", "disable", "chat");
    assert.equal(await page(), 503);
    assert.equal((await chat()).state, "disabled");
    await nodes.stop("ma");
    await nodes.start("ma");
    assert.equal((await chat()).state, "disabled");
    assert.equal(await page(), 503);
    await refused(ask("plugin", "reload", "chat"), /switched off/);
    await ask("plugin", "enable", "chat");
    assert.equal(await page(), 200);
    assert.equal((await chat()).version, "0.1.1");
  });

  await context.test("it goes back to the version before, and forth again", async () => {
    await ask("plugin", "rollback", "chat");
    assert.equal((await chat()).version, "0.1.0");
    await ask("plugin", "rollback", "chat");
    assert.equal((await chat()).version, "0.1.1");
    assert.equal(await page(), 200);
  });

  await context.test("a version that cannot run leaves the one that does, and says why", async () => {
    // Its manifest and its code name different versions: the sandboxed process refuses it.
    const bytes = await readFile(at("webchat.so"));
    bytes.write("0.1.7", bytes.indexOf("0.1.0"));
    await writeFile(at("liar.so"), bytes);
    await sign(at("liar.so"), "project");
    await ask("plugin", "install", at("liar.so"));
    await refused(ask("plugin", "reload", "chat"), /0\.1\.[07] does not run, and 0\.1\.1 goes on/);
    const { version, state, transitions } = await chat();
    assert.deepEqual([version, state], ["0.1.1", "running"]);
    assert.equal(transitions.at(-1).reason, "check_failed");
    assert.equal((await ask("feed")).filter((one) => one.name === "plugin.not_replaced").length, 1);
    assert.equal(await page(), 200);
    await nodes.stop("ma");
    await nodes.start("ma");
    assert.deepEqual([(await chat()).version, (await chat()).state], ["0.1.1", "running"]);  // nor is it tried again
  });

  await context.test("the record says who had which plugin changed, and how", async () => {
    const entries = (await ask("audit", "export")).filter((one) => one.action === "plugin.change");
    assert.ok(entries.some((one) => one.reason === "rollback chat" && one.actor === "amina" && one.role === "supervisor"));
    await refused(ask("plugin", "reload", "chat2"), /no such \[\[plugin\]\] when the node started/);
  });

  await context.test("a mistake in node.toml is found by a reload, and costs nothing", async () => {
    await writeFile(toml, settings.replace("[plugin.config]\n", "[plugin.config]\nlistenPrt = 1\n"));
    await refused(ask("plugin", "reload", "chat"), /the settings of chat: listenPrt: no such setting/);
    await refused(nodes.sanad(["doctor", "--data", nodes.data("ma")]), /the settings of chat: listenPrt/);
    await writeFile(toml, settings);
    await ask("plugin", "reload", "chat");
    assert.equal(await page(), 200);
    await until("one process", 20_000, async () => (await pluginProcesses("chat", nodes.running.get("ma").pid)).length === 1);
  });

  await context.test("whom it does not believe any more, it does not load any more", async () => {
    await writeFile(toml, settings.replace(signer("partner", verifiers.partner, ["channel"]), ""));
    await refused(ask("plugin", "reload", "chat"), /signed by nobody whom this node believes/);
    assert.equal(await page(), 200);
  });
});
