// What calls and mails cost; prints one JSON line: node channels.mjs BUILD
//
// `calls_100`: a hundred callers who all leave a message at once, each second of it sealed on the node's disk before the next:
// processor time of the plugin and of the node in 20 s, in per cent of one core, and their memory. `answered_ms`: from INVITE
// to 200. `mailbox`: a thousand mails that wait in a real dovecot, each a contact on disk before it is moved.
import { execFile, spawn } from "node:child_process";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort, home } from "../integration/phone/peers.mjs";
import { bye, call, scenario, sdp, step } from "../integration/phone/sipp.mjs";
import { beAlone, Helpline } from "../integration/phone/stage.mjs";
import { until } from "../integration/two_nodes.mjs";

const [build] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);
beAlone(fileURLToPath(import.meta.url));

const count = 100, window_s = 20;
const hz = Number(execFileSync("getconf", ["CLK_TCK"]));
const spent = (pid) => { const all = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" "); return (Number(all[11]) + Number(all[12])) / hz; };
const memory = (pid) => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))[1]) / 102.4) / 10;
const digit = (number, key) => [step.within("INFO", number, { type: "application/dtmf-relay", body: `Signal=${key}\nDuration=160` }), step.expect(200)];
const at = (values, share) => values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

async function calls() {
  const helpline = await Helpline.start(build, 400);
  try {
    const { folder, sounds, port } = helpline;
    for (const file of readdirSync(sounds)) symlinkSync(path.join(sounds, file), path.join(folder, file));
    execFileSync("sox", [path.join(sounds, "caller.wav"), "-t", "al", path.join(folder, "caller.alaw")]);
    const speaks = '<nop><action><exec rtp_stream="caller.alaw,-1,8"/></action></nop>';
    const steps = [...call(sdp(undefined, { port: "[rtpstream_audio_port]" })), step.pause(1000), ...digit(2, "3"), step.pause(2500), ...digit(3, "2"), step.pause(10_500), speaks, step.pause(40_000), ...bye(4)];
    writeFileSync(path.join(folder, "load.xml"), scenario(steps));
    const before = memory(helpline.pluginPid);
    const callers = spawn("sipp", [`${home}:${port}`, "-sf", "load.xml", "-s", "helpline", "-m", `${count}`, "-l", `${count}`, "-r", "20", "-i", home, "-mi", home,
      "-p", `${await freePort()}`, "-mp", "40000", "-nostdin", "-trace_rtt", "-rtt_freq", "1"], { cwd: folder, stdio: "ignore" });
    const over = new Promise((done) => callers.on("exit", done));
    // Who records has a file at the node: seen from outside, all of them do.
    await new Promise((done) => setTimeout(done, 24_000));
    const [plugin, node] = [helpline.pluginPid, helpline.pid], began = [spent(plugin), spent(node)], from = Date.now();
    await new Promise((done) => setTimeout(done, window_s * 1000));
    const seconds = (Date.now() - from) / 1000;
    const figures = { plugin_percent: Math.round((spent(plugin) - began[0]) / seconds * 1000) / 10, node_percent: Math.round((spent(node) - began[1]) / seconds * 1000) / 10,
      plugin_mb_before: before, plugin_mb: memory(plugin) };
    if (await over !== 0) throw new Error("sipp: not every caller was served");
    const messages = await until("all messages", 30_000, async () => { const all = (await helpline.calls()).filter((one) => one.marks.includes("voice_message")); return all.length === count && all; })
      .catch(async () => (await helpline.calls()).filter((one) => one.marks.includes("voice_message")));
    const whole = (await Promise.all(messages.slice(0, 20).map((one) => helpline.ask("contact", "show", one.id)))).filter((one) => one.files?.[0]?.whole).length;
    const rtts = readdirSync(folder).filter((name) => name.endsWith("_rtt.csv")).flatMap((name) => readFileSync(path.join(folder, name), "latin1").trim().split("\n").slice(1).map((line) => Number(line.split(";")[1])));
    return { calls_100: { ...figures, messages: messages.length, whole_of_20: whole, meets: figures.plugin_percent <= 15 && figures.plugin_mb <= 30 },
      answered_ms: { p50: at(rtts, 0.5), p99: at(rtts, 0.99), meets: at(rtts, 0.99) <= 100 } };
  } finally {
    await helpline.end();
  }
}

async function mailbox() {
  const said = await run("node", [path.join(here, "../integration/email/import.mjs"), build], { maxBuffer: 8 << 20 });
  const per_second = Number(/: (\d+) a second/.exec(said.stdout)[1]);
  return { mailbox: { mails_per_second: per_second, meets: per_second >= 500 } };
}

console.log(JSON.stringify({ bench: "channels", ...(await calls()), ...(await mailbox()) }));
