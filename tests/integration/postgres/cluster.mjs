// A PostgreSQL of its own for one test: see tests/support/postgres_cluster.py.
import { execFile, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const program = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../support/postgres_cluster.py");

export class Cluster {
  static async start(...args) {
    const cluster = new Cluster();
    cluster.child = spawn("python3", [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });
    cluster.ended = new Promise((done) => cluster.child.on("exit", done));
    cluster.lines = createInterface({ input: cluster.child.stdout })[Symbol.asyncIterator]();
    Object.assign(cluster, JSON.parse(await cluster.line()));  // connection, admin, both, data, bin
    return cluster;
  }
  async line() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error("the server's program has ended");
    return value;
  }
  /** One of the words that it obeys; done when this returns. */
  async tell(word) {
    this.child.stdin.write(`${word}\n`);
    const said = await this.line();
    if (said !== word) throw new Error(`${word}: ${said}`);
  }
  /** The lines that the superuser gets for that SQL. */
  async ask(sql) {
    const { stdout } = await run(`${this.bin}/psql`, ["-X", "-A", "-t", "-d", this.admin, "-c", sql]);
    return stdout.split("\n").filter((line) => line !== "");
  }
  async end() {
    this.child.stdin.end();
    await this.ended;
  }
}
