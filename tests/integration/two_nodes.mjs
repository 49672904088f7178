// Two real nodes, Morocco and Tunisia, with a directory that two stewards signed: for tests that
// need processes, sockets and kills. Everything lies in one temporary folder and ends with it.
import WebSocket from "ws";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Waits until `look` gives something, at most `ms`; `what` is what was waited for. */
export async function until(what, ms, look) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((next) => setTimeout(next, 20));
  }
}

export class TwoNodes {
  /** build: the build folder; edit(country, toml): the node's configuration as it shall be; init(country): more
   * arguments of `sanad init`; desk: whether each has a desk */
  static async make(build, edit = (country, toml) => toml, init = () => [], desk = false) {
    const nodes = new TwoNodes();
    nodes.build = path.resolve(build);
    nodes.folder = await mkdtemp(path.join(tmpdir(), "sanad-"));
    nodes.running = new Map();
    const link = await freePort();
    nodes.chatPort = { ma: await freePort(), tn: await freePort() };
    nodes.deskPort = { ma: await freePort(), tn: await freePort() };
    for (const [country, more] of [["ma", []], ["tn", ["--listen", `tcp://127.0.0.1:${link}`, "--endpoint", `tcp://127.0.0.1:${link}`]]]) {
      await nodes.sanad(["init", "--country", country, "--chat", `127.0.0.1:${nodes.chatPort[country]}`, "--desk", desk ? `127.0.0.1:${nodes.deskPort[country]}` : "none",
        "--staff", "amina:counsellor,supervisor,admin,auditor", "--share", `${nodes.build}/share`,
        ...["storage/lmdb", "storage/postgres", "channels/webchat", "partners/webhook", "desks/console"].flatMap((folder) => ["--plugins", `${nodes.build}/plugins/${folder}`]),
        ...more, ...init(country), nodes.data(country)]);
      const file = path.join(nodes.data(country), "node.toml");
      await writeFile(file, edit(country, await readFile(file, "utf8")));
    }
    await nodes.federate();
    return nodes;
  }

  data(country) { return path.join(this.folder, country); }
  file(name) { return path.join(this.folder, name); }

  /** Runs the command line; its output, or an error with what it said. */
  async sanad(args) {
    const { stdout } = await run(`${this.build}/nodes/cli/sanad`, args, { maxBuffer: 64 << 20 });
    return stdout;
  }
  async ask(country, ...args) {
    const reply = JSON.parse(await this.sanad(["--data", this.data(country), "--as", "amina", "--json", ...args]));
    return Object.values(reply)[0];
  }

  async federate() {
    const verifiers = [];
    for (const steward of ["one", "two"]) {
      const said = await this.sanad(["directory", "steward-key", this.file(`${steward}.key`), "--name", `${steward}.example`]);
      verifiers.push("--steward", /\S+\.example\+\S+/.exec(said)[0]);
    }
    const draft = this.file("draft.txt");
    await this.sanad(["directory", "create", "--federation", "test", ...verifiers, "--threshold", "2", draft]);
    for (const country of ["ma", "tn"]) {
      await writeFile(this.file("line"), await this.sanad(["--data", this.data(country), "node", "bundle"]));
      await this.sanad(["directory", "add", draft, this.file("line")]);
    }
    await writeFile(this.file("trust.txt"), await this.sanad(["directory", "trust", draft]), { mode: 0o600 });
    for (const steward of ["one", "two"])
      await this.sanad(["directory", "sign", draft, "--key", this.file(`${steward}.key`), "--out", this.file(`${steward}.note`)]);
    await this.sanad(["directory", "merge", this.file("one.note"), this.file("two.note"), "--out", this.file("directory.note")]);
    for (const country of ["ma", "tn"])
      await this.sanad(["directory", "install", this.file("directory.note"), "--trust", this.file("trust.txt"), "--data", this.data(country)]);
  }

  get daemon() { return `${this.build}/nodes/daemon/sanad-node`; }

  /** Starts the node and waits until it is ready; how many ms that took. environment: more of it than ours */
  async start(country, environment = {}, more = []) {
    const begun = Date.now();
    const child = spawn(this.daemon, ["--config", path.join(this.data(country), "node.toml"), ...more],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
    this.running.set(country, child);
    let log = "";
    child.said = "";
    child.stdout.on("data", (bytes) => { child.said += bytes; });
    child.stderr.on("data", (bytes) => { log = (log + bytes).slice(-4000); });
    child.ended = new Promise((done) => child.on("exit", done));
    await new Promise((ready, fail) => {
      child.stdout.once("data", ready);
      child.once("exit", (code, signal) => { if (signal !== "SIGKILL") fail(new Error(`${country} ended with ${code}: ${log}`)); });
    });
    return Date.now() - begun;
  }

  async stop(country, signal = "SIGTERM") {
    const child = this.running.get(country);
    if (!child) return;
    this.running.delete(country);
    child.kill(signal);
    await child.ended;
  }

  async end() {
    for (const country of [...this.running.keys()]) await this.stop(country, "SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A child writes in Morocco, and Tunisia is asked for help with consent for `items`; the referral's id. */
export async function askedReferral(nodes, items) {
  const port = nodes.chatPort.ma;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`, { origin: `http://127.0.0.1:${port}` });
  await new Promise((done, fail) => { socket.once("open", done); socket.once("error", fail); });
  const acked = new Promise((done) => socket.on("message", (bytes) => {
    const frame = JSON.parse(bytes);
    if (frame.t === "welcome") socket.send(JSON.stringify({ t: "msg", cid: "AAAAAAAAAAAAAAAA", text: "سلام", lang: "ar" }));
    if (frame.t === "ack") done();
  }));
  socket.send(JSON.stringify({ t: "hello", after: 0, press: 1 }));
  await acked;
  socket.close();
  const [contact] = await nodes.ask("ma", "contact", "list");
  await nodes.ask("ma", "contact", "open", contact.id);
  const file = await nodes.ask("ma", "case", "open", contact.id, "--urgency", "U2", "--reason", "VI.cyberbullying", "--age-band", "13-15");
  const tunisia = (await nodes.ask("ma", "link", "list"))[0].peer;
  await nodes.ask("ma", "consent", "record", file.id, "--by", "child", ...items.flatMap((item) => ["--item", item]),
    "--recipient", tunisia, "--words", "نشارك هذا مع تونس", "--language", "ar");
  return (await nodes.ask("ma", "refer", file.id, "--to", tunisia, "--narrative", "an invented story", "--redacted")).id;
}
