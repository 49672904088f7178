// What the browser tests stand on: the plugin under a node in memory, a proxy that can cut every
// connection, a harmless place to leave to, and Chromium.
import { chromium } from "playwright-core";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

export const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
  "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync"];

const listen = async (server) => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
};

/** The plugin's program: ask("dump") and the like; see webchat_host.cpp. */
class Host {
  constructor(program, plugin, environment) {
    this.child = spawn(program, [plugin], { stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...environment } });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }
  async ask(command) {
    this.child.stdin.write(command + "\n");
    const line = await this.lines.next();
    if (line.done) throw new Error(`the plugin's program ended at: ${command}`);
    return JSON.parse(line.value);
  }
  async end() {
    this.child.stdin.end();
    if (this.child.exitCode === null) await once(this.child, "exit");
  }
}

/** Passes bytes on, until it is told to cut what is open and to refuse what comes. */
class Proxy {
  open = new Set();
  refusing = false;
  constructor() {
    this.server = createServer((socket) => {
      if (this.refusing) return socket.destroy();
      const beyond = connect(this.target, "127.0.0.1");
      for (const [one, other] of [[socket, beyond], [beyond, socket]]) {
        this.open.add(one);
        one.on("error", () => {});
        one.on("close", () => { this.open.delete(one); other.destroy(); });
        one.pipe(other);
      }
    });
  }
  cut() {
    for (const socket of this.open) socket.destroy();
  }
}

export async function setStage({ program, plugin, environment = {} }) {
  const visits = [];
  const elsewhere = createHttp((_, response) => {
    visits.push(Date.now());
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>weather</title><p>sunny");
  });
  const exit = `http://127.0.0.1:${await listen(elsewhere)}/weather`;
  const host = new Host(program, plugin, { WEBCHAT_EXIT: exit, ...environment });
  const proxy = new Proxy();
  const port = await listen(proxy.server);
  proxy.target = await host.ask("start 0");
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
  return {
    host, proxy, browser, exit, visits, base: `http://127.0.0.1:${port}`,
    async stop() {
      await browser.close();
      proxy.cut();
      proxy.server.close();
      elsewhere.close();
      elsewhere.closeAllConnections();
      await host.end();
    },
  };
}

/** A page of its own context that notes where it connects to and what fails in it. */
export async function openPage(stage, { path = "/", ...options } = {}) {
  const context = await stage.browser.newContext({ viewport: { width: 390, height: 780 },
    locale: "ar-MA", ...options });
  const page = await context.newPage();
  const hosts = new Set(), errors = [];
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  page.on("websocket", (socket) => hosts.add(new URL(socket.url()).host));
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/ERR_|WebSocket/.test(message.text()))
      errors.push(message.text());
  });
  await page.goto("about:blank");
  await page.goto(stage.base + path);
  return {
    page, context, hosts, errors,
    say: async (text) => {
      await page.locator("textarea").fill(text);
      await page.locator("form .send").click();
    },
    state: (name) => page.waitForSelector(`body[data-state=${name}]`),
    ticked: (count) => page.waitForFunction((n) =>
      document.querySelectorAll(".mine.received").length === n &&
      !document.querySelector(".pending"), count),
    texts: () => page.locator(".message p").allTextContents(),
  };
}

/** Looks again until it holds; the reader has ten seconds. */
export async function until(what, truth) {
  const end = Date.now() + 10_000;
  while (!(await truth())) {
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What the node has of the conversation that began with these words. */
export function teller(stage) {
  const begun = (first) => (one) => one.messages[0]?.text === first;
  return {
    conversation: async (first) => (await stage.host.ask("dump")).find(begun(first)),
    index: async (first) => (await stage.host.ask("dump")).findIndex(begun(first)),
  };
}
