// A real node with the telephone's plugin, in a network of its own: for tests and benchmarks of the whole.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { TwoNodes, until } from "../two_nodes.mjs";
import { freePort, stopAll } from "./peers.mjs";
import { call, step } from "./sipp.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.resolve(here, "../../..");

/** Goes on in a network of its own, with the one address beside loopback that baresip wants; only root can. */
export function beAlone(script) {
  if (process.getuid() !== 0) {
    console.log("sipp plays captures through a raw socket, for root alone: skipped");
    process.exit(77);
  }
  if (process.env.SANAD_PHONE_ALONE) return;
  const begin = "ip link set lo up && ip link add v0 type veth peer name v1 && ip addr add 198.51.100.1/24 dev v0 && ip link set v0 up && ip link set v1 up";
  const alone = spawnSync("unshare", ["-n", "sh", "-c", `${begin} && exec "$@"`, "sh", process.execPath, script, ...process.argv.slice(2)],
    { stdio: "inherit", env: { ...process.env, SANAD_PHONE_ALONE: "1" } });
  process.exit(alone.status ?? 1);
}

/** The flow that ships, in French alone, and with one word for the long ones that every caller hears. */
const overlay = `[[language]]
code = "fr"
digit = "3"
[[emergency]]
number = "19"
[state.privacy]
kind = "say"
say = ["press"]
next = "cut_off"
`;

/** To the menu: the language, a word, and then what is wanted. A capture that is played twice is the same key still held. */
export const wants = (capture) => [...call(), step.pause(1000), step.play("event_3.pcap"), step.pause(2500), step.play(capture)];

export class Helpline {
  static async start(build, callsMax = 40) {
    const helpline = new Helpline();
    const folder = helpline.folder = mkdtempSync(path.join(tmpdir(), "sanad-helpline-"));
    helpline.sounds = path.join(folder, "sounds");
    mkdirSync(helpline.sounds);
    execFileSync(path.join(here, "audio.sh"), [helpline.sounds]);
    execFileSync("python3", [path.join(source, "config/prompts/make_drafts.py"), path.join(folder, "prompts"), "fr", "en"]);
    writeFileSync(path.join(folder, "flow.toml"), overlay);
    helpline.port = await freePort();
    const plugin = `
[[plugin]]
instance = "phone"
plugin = "phone"
[plugin.config]
udpPort = ${helpline.port}
tcpPort = 0
firstMediaPort = 30000
lastMediaPort = 32999
callsMax = ${callsMax}
numbers = ["helpline"]
trunks = ["127.0.0.1", "198.51.100.1"]
devicesInClear = true
flowFile = "${source}/config/phone/flow.toml"
flowOverlayFile = "${folder}/flow.toml"
promptsFolder = "${folder}/prompts"
`;
    helpline.nodes = await TwoNodes.make(build, (country, toml) => (country === "ma" ? toml + plugin : toml), () => ["--plugins", `${path.resolve(build)}/plugins/channels/phone`]);
    await helpline.nodes.start("ma");
    await until("the plugin answers", 20_000, async () => (await helpline.plugin()).state === "running");
    return helpline;
  }

  ask(...args) { return this.nodes.ask("ma", ...args); }
  get data() { return this.nodes.data("ma"); }
  async calls() { return (await this.ask("contact", "list", "--all")).filter((one) => one.channel === "phone"); }
  async plugin() { return (await this.ask("plugin", "list")).find((one) => one.instance === "phone"); }

  get pid() { return this.nodes.running.get("ma").pid; }
  /** The process of the plugin, below the node. */
  get pluginPid() {
    const children = readdirSync(`/proc/${this.pid}/task`).flatMap((task) => readFileSync(`/proc/${this.pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean));
    return Number(children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1] === "phone"));
  }

  async end() {
    await stopAll();
    await this.nodes.end();
    if (!process.env.SANAD_PHONE_KEEP) rmSync(this.folder, { recursive: true, force: true });
  }
}
