// The programs of the scenarios, each with free ports and a folder of its own: the endpoint under
// test, sipp as callers and telephones, baresip as a counsellor's softphone, Kamailio as a carrier.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import dgram from "node:dgram";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { scenario } from "./sipp.mjs";

export const home = "127.0.0.1";
const running = new Set();

/** Waits until `test` gives something true, or says what did not happen. */
export async function until(what, test, ms = 8000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await test();
    if (found) return found;
    if (Date.now() > end) throw new Error(`did not happen within ${ms} ms: ${what}`);
    await new Promise((next) => setTimeout(next, 20));
  }
}

// Ports that nobody has now, handed out once each.
const taken = new Set();
export async function freePort(count = 1) {
  for (;;) {
    const port = 10240 + 4 * Math.floor(Math.random() * 2400);
    if (taken.has(port)) continue;
    taken.add(port);
    const sockets = [];
    try {
      for (let at = 0; at < count; at++) {
        const socket = dgram.createSocket("udp4");
        sockets.push(socket);
        await new Promise((bound, failed) => socket.once("error", failed).bind(port + at, home, bound));
      }
      return port;
    } catch { /* somebody has it */ } finally {
      for (const socket of sockets) try { socket.close(); } catch { /* it never opened */ }
    }
  }
}

function start(command, given, options = {}) {
  // In a group of its own, so that what it starts itself ends with it.
  const child = spawn(command, given, { stdio: ["pipe", "pipe", "pipe"], detached: true, ...options });
  running.add(child);
  child.output = "";
  child.over = new Promise((over) => child.on("exit", (code) => { running.delete(child); over(code); }));
  child.end = (signal) => { try { process.kill(-child.pid, signal); } catch { /* it has ended */ } };
  child.stdin.on("error", () => {});
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => { child.output = (child.output + bytes).slice(-20000); });
  return child;
}

export async function stopAll() {
  for (const child of running) child.end("SIGKILL");
  await Promise.all([...running].map((child) => child.over));
}

export const ha1 = (name, password, realm = "sanad") => createHash("md5").update(`${name}:${realm}:${password}`).digest("hex");

/** The endpoint, and what it says. */
export class Endpoint {
  static async start(program, folder, given = {}, sounds) {
    const endpoint = new Endpoint();
    mkdirSync(folder, { recursive: true });
    for (const name of ["welcome", "goodbye", "hold"]) symlinkSync(join(sounds, `${name}.wav`), join(folder, `${name}.wav`));
    const all = { ha1: `c1:${ha1("c1", "gentle")} c2:${ha1("c2", "gentle")}`, ...given };
    endpoint.child = start(program, [folder, ...Object.entries(all).map(([name, value]) => `${name}=${value}`)]);
    endpoint.events = [];
    createInterface({ input: endpoint.child.stdout }).on("line", (line) => endpoint.events.push(JSON.parse(line)));
    endpoint.folder = folder;
    Object.assign(endpoint, { ports: await endpoint.saw("ready") });
    return endpoint;
  }
  count(event, fields = {}) { return this.all(event, fields).length; }
  all(event, fields = {}) {
    return this.events.filter((one) => one.event === event && Object.entries(fields).every(([name, value]) => one[name] === value));
  }
  saw(event, fields = {}, ms = 8000, times = 1) {
    return until(`${event} ${JSON.stringify(fields)} of ${JSON.stringify(this.events.slice(-12))}`, () => this.all(event, fields)[times - 1], ms);
  }
  say(line) { this.child.stdin.write(`${line}\n`); }
  async stop() {
    this.say("stop");
    const code = await Promise.race([this.child.over, new Promise((late) => setTimeout(late, 5000, "late"))]);
    if (code !== 0) throw new Error(`the endpoint ended with ${code}: ${this.child.output.slice(-500)}`);
  }
  memory() { return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, "latin1"))[1]); }
}

/** sipp with steps of sipp.mjs. `to`: a port that it calls, or nothing: it is rung. */
export class Sipp {
  static async start(folder, name, steps, { to, transport = "u1", sounds, calls = 1, port, service = "helpline", more = [] } = {}) {
    const sipp = new Sipp();
    const where = join(folder, name);
    mkdirSync(where, { recursive: true });
    for (const file of readdirSync(sounds)) if (file.endsWith(".pcap")) symlinkSync(join(sounds, file), join(where, file));
    writeFileSync(join(where, "steps.xml"), scenario(steps));
    sipp.port = port ?? await freePort();
    sipp.name = name;
    sipp.folder = where;
    sipp.child = start("sipp", [...(to ? [`${home}:${to}`] : []), "-sf", "steps.xml", "-s", service, "-t", transport, "-m", `${calls}`, "-l", `${calls}`, "-r", "20",
      "-i", home, "-mi", home, "-p", `${sipp.port}`, "-mp", `${await freePort(4)}`, "-nostdin", "-trace_err", "-error_file", "errors", "-timeout", "60", "-timeout_error", ...more], { cwd: where });
    return sipp;
  }
  async done() {
    const code = await this.child.over;
    let errors = "";
    try { errors = readFileSync(join(this.folder, "errors"), "utf8").slice(0, 1200); } catch { /* none */ }
    if (code !== 0) throw new Error(`sipp ${this.name} ended with ${code}: ${errors || this.child.output.slice(-400)}`);
  }
}

export function sipp(folder, name, steps, options) {
  const ended = Sipp.start(folder, name, steps, options).then((one) => one.done());
  ended.catch(() => {});  // whoever waits for it later still hears of it
  return ended;
}

/** A softphone without a sound card: speaks a WAV, keeps what it hears. */
export class Phone {
  static async start(folder, name, { account, speech, parameters = "", authorities, registers = true, address = home, password = "gentle", expires = 60, answers = true, waits = "200 OK" }) {
    const phone = new Phone();
    phone.folder = join(folder, name);
    mkdirSync(phone.folder, { recursive: true });
    phone.control = await freePort();
    const modules = "/usr/lib/baresip/modules";
    const found = readdirSync("/usr/lib").includes("baresip") ? modules : `/usr/lib/${readdirSync("/usr/lib").find((one) => one.includes("linux-gnu"))}/baresip/modules`;
    writeFileSync(join(phone.folder, "contacts"), "");
    writeFileSync(join(phone.folder, "config"), [`module_path ${found}`, `sip_listen ${address}:${await freePort(2)}`,
      "audio_player aubridge,nil", "audio_alert aubridge,nil", `audio_source aufile,${speech}`, "ausrc_srate 8000", "auplay_srate 8000",
      "audio_buffer 20-160", "call_max_calls 4", "module g711.so", "module aubridge.so", "module aufile.so", "module sndfile.so", "module srtp.so",
      `snd_path ${phone.folder}`, "module_tmp uuid.so", "module_tmp account.so", "module_app menu.so", "module_app ctrl_tcp.so",
      `ctrl_tcp_listen ${home}:${phone.control}`, ...(authorities ? [`sip_cafile ${authorities}`] : []), ""].join("\n"));
    writeFileSync(join(phone.folder, "accounts"), `<${account}>;auth_pass=${password}${parameters};answermode=${answers ? "auto" : "manual"};regint=${registers ? expires : 0};audio_codecs=PCMA,PCMU\n`);
    phone.child = start("baresip", ["-f", phone.folder]);
    await until(`${name}: ${waits}`, () => phone.child.output.includes(registers ? waits : "baresip is ready"), 6000)
      .catch((error) => { throw new Error(`${error.message}: ${phone.child.output.slice(-600)}`); });
    return phone;
  }
  command(command, params = "") {
    return new Promise((done, failed) => {
      const socket = connect(this.control, home, () => {
        const text = JSON.stringify({ command, params, token: "t" });
        socket.write(`${Buffer.byteLength(text)}:${text},`);
      });
      socket.once("data", () => { socket.end(); done(); }).once("error", failed);
    });
  }
  /** The recording of what it heard, or of what it said. */
  recording(which = "dec") {
    const file = readdirSync(this.folder).find((name) => name.startsWith("dump-") && name.endsWith(`-${which}.wav`));
    return file && join(this.folder, file);
  }
  async stop() {
    this.child.kill("SIGTERM");
    const killed = setTimeout(() => this.child.kill("SIGKILL"), 1500);
    await this.child.over;
    clearTimeout(killed);
  }
}

/** A carrier's proxy in front of the endpoint: Record-Route and an asserted identity. */
export async function kamailio(folder, to) {
  const port = await freePort(), where = join(folder, "kamailio");
  mkdirSync(where, { recursive: true });
  writeFileSync(join(where, "proxy.cfg"), `#!KAMAILIO
debug=2
log_stderror=yes
children=1
disable_tcp=yes
listen=udp:${home}:${port}
${["tm", "rr", "sl", "pv", "maxfwd", "siputils", "textops"].map((name) => `loadmodule "${name}.so"`).join("\n")}
request_route {
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
    if (has_totag()) {
        if (loose_route()) { t_relay(); exit; }
        if (is_method("ACK") && t_check_trans()) { t_relay(); exit; }
        sl_send_reply("404", "Not here"); exit;
    }
    if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
    record_route();
    if (is_method("INVITE")) append_hf("P-Asserted-Identity: <sip:+212600000002@carrier.test>\\r\\n");
    $du = "sip:${home}:${to}";
    t_relay();
}
`);
  const child = start("kamailio", ["-f", "proxy.cfg", "-DD", "-E", "-m", "32", "-M", "4", "-Y", where, "-P", join(where, "pid")], { cwd: where });
  // It is there when it answers an OPTIONS that it may forward no further.
  const socket = dgram.createSocket("udp4");
  await new Promise((bound) => socket.bind(0, home, bound));
  let there = false;
  socket.on("message", () => { there = true; });
  await until(`kamailio: ${child.output.slice(-300)}`, async () => {
    socket.send(`OPTIONS sip:${home}:${port} SIP/2.0\r\nVia: SIP/2.0/UDP ${home}:${socket.address().port};branch=z9hG4bK${Math.random()}\r\nFrom: <sip:t@${home}>;tag=1\r\nTo: <sip:t@${home}>\r\nCall-ID: ${Math.random()}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 0\r\nContent-Length: 0\r\n\r\n`, port, home);
    await new Promise((next) => setTimeout(next, 50));
    return there;
  }, 10000);
  socket.close();
  return { port, child };
}
