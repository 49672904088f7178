// SPDX-License-Identifier: Apache-2.0
//
// An organisation's server, small enough to read: it takes escalations from a Sanad node, checks
// them with libraries that are none of ours, and answers through a signed callback. The tests and
// `./dev demo` use it; an organisation may begin with it.
//
//     node receiver.mjs --key-file helpline.pub --answer acknowledged,completed
//
// Every event is one JSON line on stdout; with --pretty a readable page goes to stderr.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { Webhook } from "standardwebhooks";
import nacl from "tweetnacl";

const HELP = `receiver.mjs: an organisation's end of Sanad's webhooks

  --port N              on 127.0.0.1; 0 (default) takes a free one
  --key-file FILE       the helpline's public key, whpk_...          (or RECEIVER_KEY)
  --secret-file FILE    whsec_... shared with the helpline: sign callbacks with HMAC
                                                                     (or RECEIVER_SECRET)
  --own-key-file FILE   whsk_... of ours: sign callbacks with Ed25519 (or RECEIVER_OWN_KEY)
  --answer LIST         after an escalation, report these, in order: acknowledged, in_progress,
                        completed, declined                          (or RECEIVER_ANSWER)
  --note TEXT           goes with every report
  --fail N              answer the first N deliveries with --fail-status (or RECEIVER_FAIL)
  --fail-status CODE    503
  --retry-after SECONDS 1
  --pretty              also print what arrived, with its content, to stderr
  --watch-stdin         end when stdin ends`;

const { values: given } = parseArgs({
  options: {
    port: { type: "string", default: process.env.RECEIVER_PORT ?? "0" },
    "key-file": { type: "string" },
    "secret-file": { type: "string" },
    "own-key-file": { type: "string" },
    answer: { type: "string", default: process.env.RECEIVER_ANSWER ?? "" },
    note: { type: "string", default: "" },
    fail: { type: "string", default: process.env.RECEIVER_FAIL ?? "0" },
    "fail-status": { type: "string", default: "503" },
    "retry-after": { type: "string", default: "1" },
    pretty: { type: "boolean", default: false },
    "watch-stdin": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const BODY_BYTES_MAX = 256 * 1024;
const TOLERANCE_S = 5 * 60;
const CALLBACK_TRIES = 5;
const CALLBACK_WAIT_MS = 500;

const versionOf = (library) => createRequire(import.meta.url)(`${library}/package.json`).version;
const VERIFIED_BY = `tweetnacl ${versionOf("tweetnacl")}`;
const STANDARD = `standardwebhooks ${versionOf("standardwebhooks")}`;

function fail(sentence) {
  console.error(`receiver: ${sentence}`);
  process.exit(64);
}

function secret(file, variable) {
  if (file) return readFileSync(file, "utf8").trim();
  return (process.env[variable] ?? "").trim();
}

function bytesOf(text, prefix) {
  if (!text.startsWith(prefix)) fail(`a key that begins with ${prefix} is wanted`);
  return new Uint8Array(Buffer.from(text.slice(prefix.length), "base64"));
}

function event(name, fields) {
  console.log(JSON.stringify({ event: name, ...fields }));
}

// ---------------------------------------------------------------- what comes in

/** Standard Webhooks, asymmetric: Ed25519 over `id.timestamp.body`. Why not verified, or null. */
function whyNotVerified(key, headers, body) {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const signatures = headers["webhook-signature"];
  if (!id || !timestamp || !signatures) return "headers_missing";
  if (!/^\d+$/.test(timestamp)) return "timestamp_malformed";
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S) return "timestamp_off";
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const good = signatures.split(" ").some((one) => {
    const [version, text] = one.split(",");
    if (version !== "v1a") return false;
    const signature = Buffer.from(text ?? "", "base64");
    return (
      signature.length === nacl.sign.signatureLength &&
      nacl.sign.detached.verify(new Uint8Array(signed), new Uint8Array(signature), key)
    );
  });
  return good ? null : "signature_wrong";
}

function bodyOf(request) {
  return new Promise((resolve, reject) => {
    const parts = [];
    let bytes = 0;
    request.on("data", (part) => {
      bytes += part.length;
      if (bytes > BODY_BYTES_MAX) reject(new Error("body_too_large"));
      else parts.push(part);
    });
    request.on("end", () => resolve(Buffer.concat(parts)));
    request.on("error", reject);
  });
}

function pretty(type, data, id) {
  if (!given.pretty) return;
  const rows = Object.entries(data.view ?? {}).map(
    ([field, value]) =>
      `    ${field.padEnd(24)} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  console.error(
    [
      "",
      `  ${type}   urgency ${data.urgency}   ${id}`,
      `  signature good, verified by ${VERIFIED_BY}`,
      ...rows,
      data.pickup ? `  pickup page: ${data.pickup}` : "",
      "",
    ].join("\n"),
  );
}

// ---------------------------------------------------------------- what goes back

function signer() {
  const shared = secret(given["secret-file"], "RECEIVER_SECRET");
  if (shared) {
    const webhook = new Webhook(shared);
    return { name: STANDARD, sign: (id, date, body) => webhook.sign(id, date, body) };
  }
  const own = secret(given["own-key-file"], "RECEIVER_OWN_KEY");
  if (!own) return null;
  const pair = nacl.sign.keyPair.fromSeed(bytesOf(own, "whsk_"));
  const sign = (id, date, body) => {
    const signed = Buffer.from(`${id}.${Math.floor(date.getTime() / 1000)}.${body}`);
    const signature = nacl.sign.detached(new Uint8Array(signed), pair.secretKey);
    return `v1a,${Buffer.from(signature).toString("base64")}`;
  };
  return { name: VERIFIED_BY, sign };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sends one report until it is recorded or refused for good; the same id at each try. */
async function report(by, data, status) {
  const id = `msg_${randomUUID().replaceAll("-", "")}`;
  const body = JSON.stringify({ reference: data.reference, status, note: given.note });
  let http = 0;
  for (let attempt = 1; attempt <= CALLBACK_TRIES; ++attempt) {
    const date = new Date();
    const answer = await fetch(data.callback, {
      method: "POST",
      redirect: "error",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(date.getTime() / 1000)),
        "webhook-signature": by.sign(id, date, body),
      },
      body,
    }).catch(() => null);
    http = answer?.status ?? 0;
    await answer?.arrayBuffer().catch(() => null);
    if (http !== 0 && http !== 503) break;
    await pause(CALLBACK_WAIT_MS);
  }
  event("callback", { status, http, signed_by: by.name });
  return http === 200;
}

async function answerAll(by, data) {
  for (const status of given.answer.split(",").filter(Boolean))
    if (!(await report(by, data, status))) return;
}

// ---------------------------------------------------------------- the server

if (given.help) {
  console.log(HELP);
  process.exit(0);
}
const keyText = secret(given["key-file"], "RECEIVER_KEY");
if (!keyText) fail("the helpline's public key is missing: --key-file FILE or RECEIVER_KEY");
const key = bytesOf(keyText, "whpk_");
const by = signer();
if (given.answer && !by) fail("--answer needs --secret-file or --own-key-file to sign with");

let failuresLeft = Number(given.fail);
const stored = new Set(); // webhook ids that we have taken: the same again is a duplicate

async function take(request, response) {
  const answer = (status, headers = {}) => {
    response.writeHead(status, headers);
    response.end();
    return status;
  };
  if (request.method !== "POST") return answer(405, { allow: "POST" });
  const body = await bodyOf(request).catch(() => null);
  if (!body) return answer(413, { connection: "close" });
  const reason = whyNotVerified(key, request.headers, body);
  if (reason) {
    event("refused", { reason, verified_by: VERIFIED_BY, answered: 401 });
    return answer(401);
  }
  const id = request.headers["webhook-id"];
  const { type, data } = JSON.parse(body);
  const duplicate = stored.has(id);
  const failing = failuresLeft > 0;
  if (failing) --failuresLeft;
  else stored.add(id);
  const status = failing
    ? answer(Number(given["fail-status"]), { "retry-after": given["retry-after"] })
    : answer(204);
  event("received", {
    type,
    webhook_id: id,
    reference: data.reference,
    urgency: data.urgency,
    fields: Object.keys(data.view ?? {}),
    verified: true,
    verified_by: VERIFIED_BY,
    duplicate,
    answered: status,
  });
  if (failing || duplicate) return status;
  pretty(type, data, id);
  if (by && data.callback) await answerAll(by, data);
  return status;
}

const server = createServer((request, response) => {
  take(request, response).catch(() => {
    if (!response.headersSent) response.writeHead(400);
    response.end();
  });
});
server.listen(Number(given.port), "127.0.0.1", () => {
  const url = `http://127.0.0.1:${server.address().port}/sanad`;
  event("listening", { url, verifies_with: VERIFIED_BY, signs_with: by?.name ?? null });
  if (given.pretty) console.error(`  The organisation's server listens at ${url}`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
if (given["watch-stdin"]) process.stdin.resume().on("end", () => process.exit(0));
