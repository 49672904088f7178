// What the pages cost whoever opens them; prints one JSON line: node web.mjs BUILD [short|long]
//
// Two real helplines with their desks. Sizes: everything that a page loads, gzipped, as it is served. `queue_of_…`: that many
// wait while the desk is open; `page_to_desk_ms`: from the moment a child's page sends until the desk's page has been told,
// each message durable first; `page_to_open_conversation_ms`: until it stands in the conversation that is open; `frames`: the
// time between two drawn frames of the desk. Beside each, under `machine`, the same moment's limits: an empty page's frames
// in the same browser, how late a timer of 1 ms is, and one durable write. `conversation_of_500_ms`: from the click until the
// newest messages stand there.
import { execFile } from "node:child_process";
import { get } from "node:http";
import { cpus } from "node:os";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { Seat, setDesks } from "../browser/desk_stage.mjs";
import { until } from "../integration/two_nodes.mjs";
import { Child, at, rounded, underLoad, watch } from "./web_load.mjs";

const [build, only] = process.argv.slice(2);
const perSecond = 500, seconds = 20;
const count = 1200; // children who write: nobody may write more often than once in two seconds for long
const long = 10_000;

const fetched = (port, file) => new Promise((done, fail) =>
  get({ port, path: file, headers: { "accept-encoding": "gzip" } }, (reply) => {
    const parts = [];
    reply.on("data", (part) => parts.push(part)).on("end", () => {
      const bytes = Buffer.concat(parts);
      const zipped = reply.headers["content-encoding"] === "gzip";
      done({ text: (zipped ? gunzipSync(bytes) : bytes).toString(), bytes: zipped ? bytes.length : gzipSync(bytes, { level: 9 }).length });
    });
  }).on("error", fail));

async function sizes(port) {
  const page = await fetched(port, "/");
  const files = [...page.text.matchAll(/(?:src|href)="\.?(\/[^"]+\.(?:js|css|svg))"/g)].map((match) => match[1]);
  const rest = await Promise.all([...new Set(files)].map((file) => fetched(port, file)));
  return page.bytes + rest.reduce((sum, one) => sum + one.bytes, 0);
}

/** Children who come one after the other; each is told apart by the contact that the desk hears of. */
async function arrive(port, seat, wanted) {
  const all = [];
  const heard = [];
  let listens = false; // the first frame says from when on the feed tells
  seat.page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => {
    listens = true;
    for (const event of JSON.parse(payload).feed ?? []) if (event.name === "contact.arrived") heard.push(event.subject);
  }));
  await seat.page.reload();
  await seat.page.locator(".frame").waitFor();
  await until("the feed", 10_000, () => listens);
  for (let i = 0; i < wanted; ++i) {
    const child = await Child.arrive(port);
    await child.say("bonjour");
    await until("the child at the desk", 10_000, () => heard.length > i);
    child.contact = heard[i];
    all.push(child);
  }
  return all;
}

async function opened(seat, contact) {
  const times = [];
  for (let i = 0; i < 7; ++i) {
    await seat.page.reload();
    await seat.page.locator(`[data-contact="${contact}"]`).waitFor();
    await seat.page.waitForLoadState("networkidle");
    times.push(await seat.page.evaluate((id) => new Promise((done) => {
      const begun = performance.now();
      const look = () => (document.querySelectorAll(".conversation article").length > 30 ? requestAnimationFrame(() => done(performance.now() - begun)) : requestAnimationFrame(look));
      document.querySelector(`[data-contact="${id}"]`).click();
      look();
    }), contact));
  }
  return { p50: rounded(at(times, 0.5), 0), max: rounded(Math.max(...times), 0) };
}

const stage = await setDesks(build, ["karim:counsellor"], undefined, "behindProxy = true\n");
try {
  const { nodes } = stage;
  const seat = await Seat.take(stage, "ma", "karim", "fr");
  const sanad = (...words) => nodes.sanad(["--data", nodes.data("ma"), "--as", "karim", ...words]);
  const result = { bench: "web", cores: cpus().length, console_gzip_bytes: await sizes(nodes.deskPort.ma), child_gzip_bytes: await sizes(nodes.chatPort.ma) };
  await watch(seat.page);
  const empty = await (await stage.browser.newContext()).newPage();
  await watch(empty);
  await empty.goto("about:blank");

  // So many children come and write, while the desk has the conversation with one of them open.
  const busy = async (work) => {
    const children = await arrive(nodes.chatPort.ma, seat, count);
    const talker = children.pop();
    await sanad("contact", "open", talker.contact);
    await seat.page.reload();
    await seat.page.locator(`[data-contact="${talker.contact}"]`).click();
    await seat.page.locator(".conversation article").first().waitFor();
    await work({ desk: seat.page, empty, children, talker, perSecond, seconds });
    for (const child of [...children, talker]) child.socket.close();
    return talker.contact;
  };
  if (only !== "long") {
    const talked = await busy(async (load) => { result[`queue_of_${load.children.length}`] = await underLoad(load); });
    for (let i = 0; i < 490; ++i) await sanad("contact", "reply", talked, `Je suis là, ${i}.`);
    result.conversation_of_500_ms = await opened(seat, talked);
  }
  if (only !== "short") {
    // As many more who wait as make 10,000: put there while the node stands still.
    const there = only === "long" ? 0 : count - 1;
    await nodes.stop("ma");
    await promisify(execFile)(`${build}/tests/bench/fill`, [`${nodes.data("ma")}/node.toml`, "0", String(long - there - count + 1)]);
    await nodes.start("ma");
    await busy(async (load) => {
      result.queue_of_10000 = await underLoad(load);
      result.queue_of_10000_calm = await underLoad({ ...load, perSecond: 20 });
    });
  }
  console.log(JSON.stringify(result));
} finally {
  await stage.end();
}
