// What an idle chat takes of memory, in the node and its chat page together; prints one JSON line: node web_idle.mjs BUILD [CHATS]
//
// As many chats as asked for (10,000), each said hello and then silent; plain, and with the chat page speaking TLS itself. PSS
// of the node and of what runs under it, before and with them; beside it what a connection takes of the kernel is not counted.
import { execFile } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import WebSocket from "ws";
import { TwoNodes, until } from "../integration/two_nodes.mjs";

const run = promisify(execFile);
const [build, asked = "10000"] = process.argv.slice(2);
const wanted = Number(asked);

async function pssKib(pid) {
  let sum = Number(/^Pss:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, "utf8"))[1]);
  for (const task of await readdir(`/proc/${pid}/task`))
    for (const child of (await readFile(`/proc/${pid}/task/${task}/children`, "utf8")).trim().split(" ").filter(Boolean)) sum += await pssKib(child);
  return sum;
}

/** Once two looks half a second apart agree within 1 %. */
async function settledKib(pid) {
  let before = 0;
  return until("the memory to settle", 30_000, async () => {
    const now = await pssKib(pid);
    const settled = Math.abs(now - before) < now / 100;
    before = now;
    await new Promise((done) => setTimeout(done, 500));
    return settled && now;
  });
}

/** One that is silent from its first answer on; refused when that does not come in half a minute. */
function chat(address) {
  const socket = new WebSocket(address, { origin: address.replace("ws", "http").replace("/chat", ""), rejectUnauthorized: false, perMessageDeflate: false });
  return new Promise((done, fail) => {
    socket.once("open", () => socket.send(JSON.stringify({ t: "hello", after: 0, press: 1 })));
    socket.on("message", (bytes) => JSON.parse(bytes).t === "welcome" && done(socket));
    socket.once("error", fail);
    setTimeout(() => fail(new Error("no answer")), 30_000).unref();
    socket.once("close", (code) => fail(new Error(`closed with ${code}`)));
  });
}

/** The chat page of a node speaks TLS itself, with a certificate of its own making. */
async function certify(data) {
  const [key, certificate] = ["key.pem", "certificate.pem"].map((file) => path.join(data, file));
  await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate]);
  const file = path.join(data, "node.toml");
  const toml = await readFile(file, "utf8");
  await writeFile(file, toml.replace("behindProxy", `certificateFile = "${certificate}"\ncertificateKeyFile = "${key}"\nbehindProxy`));
}

async function measure(tls) {
  const nodes = await TwoNodes.make(build, (country, toml) => toml.replace("listenPort", "conversationsPerHour = 0\nbehindProxy = true\nlistenPort"));
  try {
    if (tls) await certify(nodes.data("ma"));
    await nodes.start("ma");
    const { pid } = nodes.running.get("ma");
    const port = nodes.chatPort.ma;
    const address = `${tls ? "wss" : "ws"}://127.0.0.1:${port}/chat`;
    const warm = await Promise.all(Array.from({ length: 20 }, () => chat(address)));
    const before = await settledKib(pid);
    const all = [];
    let refused = "";
    while (all.length < wanted && !refused)
      await Promise.all(Array.from({ length: 50 }, () => chat(address).then((socket) => all.push(socket), (error) => (refused = String(error.message)))));
    const after = await settledKib(pid);
    const open = all.filter((one) => one.readyState === WebSocket.OPEN).length;
    for (const socket of [...all, ...warm]) socket.terminate();
    return { chats: open, kib_before: before, kib_with: after, kib_per_chat: Number(((after - before) / open).toFixed(2)), ...(refused && { refused }) };
  } finally {
    await nodes.end();
  }
}

const plain = await measure(false), tls = await measure(true);
console.log(JSON.stringify({ bench: "web_idle", plain, tls, meets: { plain_10_kib: plain.kib_per_chat <= 10 && plain.chats >= wanted, tls_24_kib: tls.kib_per_chat <= 24 && tls.chats >= wanted } }));
