// The young person of the demonstration: a telephone's page in headless Chromium. Reads commands as
// JSON lines, answers each with one. The page reaches the chat from an address that is easy to look
// for:  child.mjs CHAT_PORT CLIENT_ADDRESS
import { once } from "node:events";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../tests/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const [chatPort, address] = process.argv.slice(2);
const WAIT_MS = 60_000;
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Chromium cannot choose the address it comes from, so its connections go through here. */
async function openRelay() {
  const server = createServer((near) => {
    const far = connect({ host: "127.0.0.1", port: Number(chatPort), localAddress: address });
    for (const [one, other] of [[near, far], [far, near]]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Notes, in the page itself, how long each message waits for its tick after it was sent. */
function watchTicks() {
  document.addEventListener("submit", () => {
    const sent = performance.now();
    const before = document.querySelectorAll(".mine.received").length;
    window.tickMs = new Promise((resolve) => {
      const look = () => {
        if (document.querySelectorAll(".mine.received").length === before) return;
        observer.disconnect();
        resolve(performance.now() - sent);
      };
      const observer = new MutationObserver(look);
      observer.observe(document.getElementById("log"),
        { subtree: true, childList: true, attributes: true });
    });
  }, { capture: true, once: true });
}

const relay = await openRelay();
const base = `http://127.0.0.1:${relay.address().port}`;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
const context = await browser.newContext({ viewport: { width: 390, height: 844 },
  locale: "ar-MA", colorScheme: "light" });
context.setDefaultTimeout(WAIT_MS);
const page = await context.newPage();
const hosts = new Set();
page.on("request", (request) => hosts.add(new URL(request.url()).host));
page.on("websocket", (socket) => hosts.add(new URL(socket.url()).host));

const commands = {
  async open() {
    await page.goto(base);
    return page.evaluate(() => ({ language: document.documentElement.lang,
      direction: document.documentElement.dir }));
  },
  async say({ text }) {
    await page.locator("textarea").fill(text);
    await page.evaluate(watchTicks);
    await page.locator("form .send").click();
    return { tick_ms: await page.evaluate(() => window.tickMs) };
  },
  async await_answer({ text }) {
    await page.locator(".theirs p", { hasText: text }).waitFor();
    return {};
  },
  async reload({ count }) {
    await page.reload();
    await page.waitForFunction((n) => document.querySelectorAll(".message").length >= n, count);
    return {};
  },
  async texts() {
    return { texts: await page.locator(".message p").allTextContents() };
  },
  async picture({ file }) {
    await page.setViewportSize({ width: 390, height: 1090 });
    await page.screenshot({ path: file, animations: "disabled" });
    return {};
  },
  async strangers() {
    return { hosts: [...hosts].filter((host) => host !== new URL(base).host) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...rest } = JSON.parse(line);
  try {
    console.log(JSON.stringify(await commands[name](rest)));
  } catch (error) {
    console.log(JSON.stringify({ error: `the page cannot ${name}: ${error.message.split("\n")[0]}` }));
  }
}
await browser.close();
relay.close();
process.exit(0);
