// How soon the child's page shows something on a slow line: node web_child.mjs PROGRAM PLUGIN.so
// PROGRAM is the test's webchat-host. Prints one JSON line. The line is throttled by Chromium, which
// is Slow 3G in two ways: 400 kbit/s with 400 ms a round trip, as it is measured on real networks,
// and the same with 2000 ms, which the developer tools add to each request to stand for the round
// trips that they do not see. The processor is slowed down four times, for a telephone.
import { once } from "node:events";
import { get } from "node:http";
import { gzipSync } from "node:zlib";
import { setStage } from "../browser/chat_stage.mjs";

const [program, plugin] = process.argv.slice(2);
const runs = 5;
const bytesPerSecond = 400_000 / 8;

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function paint(stage, latency) {
  const context = await stage.browser.newContext({ viewport: { width: 360, height: 640 } });
  const page = await context.newPage();
  await page.goto("about:blank");
  const tools = await context.newCDPSession(page);
  await tools.send("Network.enable");
  await tools.send("Network.emulateNetworkConditions", { offline: false, latency,
    downloadThroughput: bytesPerSecond, uploadThroughput: bytesPerSecond });
  await tools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.goto(stage.base + "/", { waitUntil: "load" });
  await page.waitForSelector("html.lively");
  const times = await page.evaluate(() => {
    const named = (name) => performance.getEntriesByName(name)[0]?.startTime;
    return { first: named("first-contentful-paint"), ready: performance.now() };
  });
  await context.close();
  return times;
}

async function body(address) {
  const [response] = await once(get(address, { agent: false }), "response");
  const parts = [];
  for await (const part of response) parts.push(part);
  return Buffer.concat(parts);
}

const stage = await setStage({ program, plugin });
try {
  const page = await body(stage.base + "/");
  const rest = await Promise.all(["/app.js", "/icon.svg"].map((path) => body(stage.base + path)));
  const zipped = [page, ...rest].reduce((sum, one) => sum + gzipSync(one, { level: 9 }).length, 0);
  const out = { bench: "web_child", bytes_gzip: zipped, bytes_page_as_sent: page.length };
  for (const [name, latency] of [["slow_3g", 400], ["slow_3g_devtools", 2000]]) {
    const times = [];
    for (let i = 0; i < runs; i++) times.push(await paint(stage, latency));
    out[`${name}_first_paint_ms`] = Math.round(median(times.map((one) => one.first)));
    out[`${name}_script_ready_ms`] = Math.round(median(times.map((one) => one.ready)));
  }
  console.log(JSON.stringify(out));
} finally {
  await stage.stop();
}
