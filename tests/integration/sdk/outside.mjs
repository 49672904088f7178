// The way of somebody who writes a plugin: the SDK is installed into a folder, `sanad plugin new` writes a project of each
// kind outside this tree, each is built with pkg-config alone and runs its own tests, and a real node runs them isolated.
import { execFile } from "node:child_process";
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createConnection } from "node:net";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { TwoNodes, freePort, until } from "../two_nodes.mjs";

const run = promisify(execFile);
const [build, source] = process.argv.slice(2).map((one) => path.resolve(one));
const kinds = { channel: "sms", partner: "ngo", storage: "cabinet", desk: "console", assist: "hint" };

// A folder that is always the same to the compiler's cache: what was built once is not built again.
const environment = (folder, prefix) => ({ ...process.env, CCACHE_BASEDIR: folder, CCACHE_NOHASHDIR: "1",
  ...(prefix ? { PKG_CONFIG_PATH: `${prefix}/lib/pkgconfig` } : {}) });

async function compile(folder, options, env) {
  await run("meson", ["setup", "build", ...options], { cwd: folder, env });
  await run("ninja", ["-C", "build", "-j", String(Math.min(2, cpus().length))], { cwd: folder, env, maxBuffer: 16 << 20 });
}

async function ownTests(folder, env) {
  await run("meson", ["test", "-C", "build", "--no-rebuild", "--print-errorlogs"], { cwd: folder, env });
  const lines = (await readFile(`${folder}/build/meson-logs/testlog.json`, "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line).result);
}

/** A gateway that says lines to the channel of the template, and hears them. */
class Gateway {
  constructor(port) {
    this.lines = [];
    this.socket = createConnection(port, "127.0.0.1");
    let rest = "";
    this.socket.setEncoding("utf8").on("data", (text) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop();
      this.lines.push(...parts);
    });
    this.socket.on("error", () => {});
  }
  say(line) { this.socket.write(`${line}\n`); }
  line(what) { return until(what, 20_000, () => this.lines.shift()); }
}

test("a plugin of each kind is written, built and run outside this tree", async (context) => {
  const folder = await mkdtemp(path.join(tmpdir(), "sanad-sdk-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const prefix = `${folder}/prefix`;
  const sdk = `${folder}/sanad-sdk`;
  const plugin = (name) => `${folder}/${name}`;

  await context.test("the SDK alone is built, installed and known to pkg-config", async () => {
    await cp(`${source}/subprojects/sanad-sdk`, sdk, { recursive: true });
    const env = environment(folder, prefix);
    await compile(sdk, ["--prefix", prefix, "--libdir", "lib", "-Dtests=false"], env);
    await run("meson", ["install", "-C", "build", "--no-rebuild"], { cwd: sdk, env });
    const said = async (...words) => (await run("pkg-config", [...words, "sanad-plugin"], { env })).stdout.trim();
    assert.equal(await said("--variable=plugindir"), `${prefix}/lib/sanad/plugins`);
    assert.match(await said("--cflags"), /-fvisibility=hidden -fno-gnu-unique/);
    assert.match(await said("--libs"), /-Wl,-z,defs -Wl,-z,now/);
    await rm(sdk, { recursive: true });  // what follows has nothing but what was installed
  });

  for (const [kind, name] of Object.entries(kinds))
    await context.test(`one of the kind ${kind} is written, builds and passes its own tests`, async () => {
      await run(`${build}/nodes/cli/sanad`, ["plugin", "new", kind, name, "--folder", plugin(name)]);
      const env = environment(folder, prefix);
      await compile(plugin(name), [], env);
      assert.deepEqual(await ownTests(plugin(name), env), ["OK"]);
      const symbols = await run("nm", ["-D", "--defined-only", "--format=posix", `${plugin(name)}/build/${name}.so`]);
      assert.match(symbols.stdout, /^sanad_plugin_entry_v1 [DR] [^\n]*\n$/);  // and nothing else
      const dynamic = (await run("readelf", ["-d", "-W", `${plugin(name)}/build/${name}.so`])).stdout;
      assert.match(dynamic, /BIND_NOW/);
      assert.doesNotMatch(dynamic, /RPATH|RUNPATH|TEXTREL/);
    });

  for (const [kind, name] of Object.entries(kinds))
    await context.test(`one of the kind ${kind} passes the check of a node as it was written`, async () => {
      const settings = kind !== "storage" ? [] : ["--settings", "check.json", "--settings-restored", "check-restored.json"];
      const { stdout } = await run(`${build}/nodes/cli/sanad`, ["plugin", "check", `build/${name}.so`, ...settings],
        { cwd: plugin(name), maxBuffer: 16 << 20 });
      // Nobody is at the other end of a channel and of a partner, so what they do twice is for their own tests.
      assert.match(stdout, /passed, 0 failed, \d+ skipped: (silver|gold)/);
    });

  await context.test("what is there already is left as it is, and a bad name is told", async () => {
    const fails = (...words) => run(`${build}/nodes/cli/sanad`, ["plugin", "new", ...words]).then(
      () => assert.fail("it went well"), (error) => error);
    const there = await fails("desk", "sms", "--folder", plugin("sms"));
    assert.equal(there.code, 1);
    assert.match(there.stderr, /is there already/);
    const name = await fails("desk", "Night Line", "--folder", plugin("other"));
    assert.equal(name.code, 2);
    assert.match(name.stderr, /write such as night-line/);
  });

  await context.test("without the SDK a project says that this is missing, and how to name it", async () => {
    const bare = plugin("bare");
    await run(`${build}/nodes/cli/sanad`, ["plugin", "new", "channel", "sms", "--folder", bare]);
    const env = { ...environment(folder), PKG_CONFIG_PATH: "", PKG_CONFIG_LIBDIR: `${folder}/nothing` };
    const error = await run("meson", ["setup", "build"], { cwd: bare, env }).then(
      () => assert.fail("it went well"), (one) => one);
    assert.match(error.stdout, /ERROR: .*The SDK of Sanad.* is not found.*export PKG_CONFIG_PATH=/);
  });

  await context.test("the same project builds with the SDK's folder inside it", async () => {
    const inside = plugin("inside");
    await run(`${build}/nodes/cli/sanad`, ["plugin", "new", "channel", "sms", "--folder", inside]);
    await symlink(`${source}/subprojects/sanad-sdk`, `${inside}/subprojects/sanad-sdk`);
    const env = environment(folder);
    await compile(inside, ["--wrap-mode=forcefallback", "-Dsanad-sdk:tests=false"], env);
    assert.deepEqual(await ownTests(inside, env), ["OK"]);
  });

  await context.test("a node runs all of them in processes of their own", async () => {
    const port = await freePort();
    const instance = (name, more = "") =>
      `\n[[plugin]]\ninstance = "${name}"\nplugin = "${plugin(name)}/build/${name}.so"\n[plugin.config]\n${more}`;
    const nodes = await TwoNodes.make(build, (country, toml) => country !== "ma" ? toml : toml + instance("ngo") +
      instance("console") + instance("sms", `listenPort = ${port}\n`) + instance("hint", 'words = ["school"]\n'));
    try {
      await nodes.start("ma");
      for (const [kind, name] of Object.entries(kinds).filter(([one]) => one !== "storage")) {
        const [facts] = await nodes.ask("ma", "plugin", "info", name);
        assert.deepEqual([facts.state, facts.run, facts.kind], ["running", "isolated", kind]);
      }
      const gateway = new Gateway(port);
      gateway.say("conversation-0001 message-1 Is somebody there?");
      assert.equal(await gateway.line("an acknowledgement"), "ok message-1");
      const contacts = await nodes.ask("ma", "contact", "list");
      assert.equal(contacts.length, 1);
      await nodes.ask("ma", "contact", "open", contacts[0].id);
      await nodes.ask("ma", "contact", "reply", contacts[0].id, "We are here.");
      assert.match(await gateway.line("the answer"), /^say conversation-0001 \d+ We are here\.$/);
      gateway.socket.destroy();
    } finally {
      await nodes.end();
    }
  });
});
