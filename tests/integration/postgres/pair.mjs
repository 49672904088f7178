// Two processes of Morocco's node on one PostgreSQL, each with a data folder and a chat port of its own, and Tunisia's node.
// Whichever of the two is started first works, the other stands by.
import { cp, readFile, writeFile } from "node:fs/promises";
import { freePort, TwoNodes, until } from "../two_nodes.mjs";
import { Cluster } from "./cluster.mjs";

export const must = (holds, what) => { if (!holds) throw new Error(what); };
export const same = (left, right, what) => must(JSON.stringify(left) === JSON.stringify(right),
  `${what}: ${JSON.stringify(left)} and ${JSON.stringify(right)}`);

export class Pair {
  /** silent_s: takeOverSeconds of both */
  static async make(build, silent_s) {
    const pair = new Pair();
    pair.cluster = await Cluster.start();
    pair.nodes = await TwoNodes.make(build, (country, toml) => country === "tn" ? toml : toml
      .replace('plugin = "postgres"\n', 'plugin = "postgres"\nstandby = true\n')
      .replace("[plugin.config]\n", "[plugin.config]\nbehindProxy = true\nconversationsPerHour = 0\n"),
      (country) => country === "tn" ? [] : ["--store", "postgres", "--store-setting", `connection=${pair.cluster.connection}`,
        "--store-setting", `takeOverSeconds=${silent_s}`]);
    pair.port = { ma: pair.nodes.chatPort.ma, second: await freePort() };
    // The same node: its folder copied, its chat page elsewhere.
    await cp(pair.nodes.data("ma"), pair.nodes.data("second"), { recursive: true });
    const toml = await readFile(`${pair.nodes.data("second")}/node.toml`, "utf8");
    await writeFile(`${pair.nodes.data("second")}/node.toml`,
      toml.replace(`listenPort = ${pair.port.ma}`, `listenPort = ${pair.port.second}`));
    return pair;
  }

  /** Starts it; it must say at once that it stands by. */
  async standBy(name) {
    await this.nodes.start(name);
    must(this.said(name) === "standing by\n", `${name} stands by: ${this.said(name)}`);
  }
  said(name) { return this.nodes.running.get(name)?.said ?? ""; }
  isReady(name, ms) { return until(`${name} is ready`, ms, () => this.said(name).includes("ready")); }

  async end() {
    for (const child of this.nodes.running.values()) child.kill("SIGCONT");
    await this.nodes.end();
    await this.cluster.end();
  }
}
