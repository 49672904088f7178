// Two processes on one store: the second is refused at once, says why and how to mend it, and changes
// nothing; when the first has been killed, the next one starts. usage: two_processes.mjs BUILD
import { spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { freePort, TwoNodes, until } from "../two_nodes.mjs";

const must = (holds, what) => { if (!holds) throw new Error(what); };
const nodes = await TwoNodes.make(process.argv[2]);

/** Runs the daemon to its end, at most 20 s. */
async function runToEnd(config) {
  const child = spawn(nodes.daemon, ["--config", config], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "", err = "";
  child.stdout.on("data", (bytes) => { out += bytes; });
  child.stderr.on("data", (bytes) => { err += bytes; });
  const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const code = await new Promise((ended) => child.on("close", ended));
  clearTimeout(timer);
  return { code, out, err };
}

function mustBeRefused({ code, out, err }, which) {
  must(code === 69, `${which}: ended with ${code}: ${err}`);
  must(!out.includes("ready"), `${which}: it said that it is ready`);
  must(/sanad-node: another process works on this store .*: end that one first/.test(err), `${which}: said ${err}`);
}

try {
  await nodes.start("ma");
  const config = path.join(nodes.data("ma"), "node.toml");
  const before = await nodes.ask("ma", "status");
  mustBeRefused(await runToEnd(config), "the same configuration");

  // Another door, another port: the store alone stands between them.
  const folder = nodes.file("other");
  await mkdir(folder, { mode: 0o700 });
  for (const file of ["vault.key", "keys.sealed", "store.id", "trust.txt", "directory.note"]) {
    const content = await readFile(path.join(nodes.data("ma"), file)).catch(() => null);
    if (content) await writeFile(path.join(folder, file), content, { mode: 0o600 });
  }
  const other = (await readFile(config, "utf8"))
    .replace("path = \"{data}/store\"", `path = "${nodes.data("ma")}/store"`)
    .replace(`listenPort = ${nodes.chatPort.ma}`, `listenPort = ${await freePort()}`);
  must(other.includes(`path = "${nodes.data("ma")}/store"`), "the other one works on the same store");
  await writeFile(path.join(folder, "node.toml"), other, { mode: 0o600 });
  mustBeRefused(await runToEnd(path.join(folder, "node.toml")), "another folder, the same store");

  // The first one noticed nothing.
  const after = await nodes.ask("ma", "status");
  must(after.healthy === true && after.version === before.version, "the first one is well");
  await nodes.ask("ma", "audit", "verify");

  // A lock of a process that is dead holds nobody up.
  await nodes.stop("ma", "SIGKILL");
  await nodes.start("ma");
  await nodes.ask("ma", "audit", "verify");
  mustBeRefused(await runToEnd(config), "after a kill");

  // One that was told to stand by waits instead, and works once the first has died.
  await writeFile(path.join(folder, "node.toml"), other.replace("[store]\n", "[store]\nstandby = true\n"), { mode: 0o600 });
  await nodes.start("other");
  must(nodes.running.get("other").said === "standing by\n", "it stands by");
  await nodes.stop("ma", "SIGKILL");
  await until("the other is ready", 20_000, () => nodes.running.get("other").said.includes("ready"));
  must((await nodes.ask("other", "status")).healthy, "the other works");
  console.log("one store, one process");
} finally {
  await nodes.end();
}
