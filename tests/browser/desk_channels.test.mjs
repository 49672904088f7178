// Conversations by telephone and by mail at the desk: node desk_channels.test.mjs [PICTURES]
// The page is the real one, under the console's own policy; a node is played, as no telephone rings in a test. It shows what a
// channel said, plays a voice, sends a mail and works a call, in three languages, light and dark, and on a narrow screen.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { flags } from "./chat_stage.mjs";

const pictures = process.argv[2];
const top = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
const console_ = path.join(top, "plugins/desks/console");
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const texts = {};
for (const language of ["ar", "fr", "en"]) texts[language] = JSON.parse(await readFile(path.join(console_, `web/src/texts/${language}.json`), "utf8"));
// The policy as the console sends it, from its source.
const policy = [.../"Content-Security-Policy",([^)]*)\)/.exec(await readFile(path.join(console_, "console.cpp"), "utf8"))[1].matchAll(/"([^"]*)"/g)].map((one) => one[1]).join("");
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2" };

let folder, browser;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sanad-desk-channels-"));
  await promisify(execFile)(process.execPath, [path.join(console_, "web/build.mjs"), path.join(folder, "assets.cpp"), "--folder", path.join(folder, "page")]);
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
  if (pictures) await mkdir(pictures, { recursive: true });
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

async function taxonomy(name) {
  const lines = (await readFile(path.join(top, `config/taxonomy/${name}.tsv`), "utf8")).split("\n").filter((line) => line && !line.startsWith("#"));
  return { terms: lines.map((line) => line.split("\t")).map(([id, parent, en, fr, ar, words = ""]) => ({ id, parent, en, fr, ar, flags: words.split(" ").filter(Boolean) })) };
}

const now = "2026-11-24T10:00:00.000Z";
const contact = (id, channel, words = {}) => ({ id, channel, state: "open", openedBy: "karim", urgency: "U2", languages: ["fr"], createdAt: now, waitingSince: now, messageCount: 1, ...words });
const voice = { id: "f1", name: "", mediaType: "audio/PCMA", bytes: 16000, parts: 2, whole: false, at: now };
const contacts = {
  mail: contact("mail", "email", { marks: ["sender_failed", "other_sender"], files: [{ id: "f2", name: "letter\u202Efdp.txt", mediaType: "text/plain", bytes: 5, parts: 1, whole: true, at: now }],
    messages: [{ seq: "1", at: now, from: "person", text: "Bonjour, je voudrais parler.", marks: ["long_mail"] }, { seq: "2", at: now, from: "karim", text: "Bonjour." }, { seq: "3", at: now, from: "channel", marks: ["not_delivered"] }] }),
  call: contact("call", "phone", { presence: "here", marks: ["danger_digit", "anonymous_number"] }),
  back: contact("back", "phone", { presence: "left", marks: ["callback_wanted", "callback_evening", "voice_message", "voice_message_cut"], files: [voice] }),
  others: contact("others", "phone", { presence: "here", openedBy: "amal" }),
};
const waiting = [contact("w1", "phone", { state: "waiting", openedBy: "", marks: ["danger_digit"] }), contact("w2", "email", { state: "waiting", openedBy: "", setAside: true, marks: ["maybe_spam"] })]
  .map((one) => ({ contact: one, reason: "level", targetMs: "300000" }));
const phones = { phones: [{ name: "d-ab12cd34", label: "Bureau 2", createdAt: now, reachableAt: now }], ready: false, reason: "missed_calls", since: now, realm: "sanad", server: "sip.example" };

/** A page with a node that is played. `asked`: each question and its words. */
async function sit(language, role = "supervisor") {
  const asked = [];
  const answers = {
    sessionShow: () => ({ session: { name: "karim", displayName: "Karim", roles: [role], language, country: "ma", idleMs: "900000" } }),
    queueWatch: () => ({ queueChange: { now, version: "1", whole: true, waiting: waiting.length, places: waiting, order: waiting.map((one) => one.contact.id), open: Object.values(contacts), talking: Object.keys(contacts), longestMs: "0" } }),
    contactShow: (id) => ({ contact: contacts[id] }),
    contactRead: ({ contact: id }) => ({ contact: contacts[id] }),
    contactFileRead: ({ file, part }) => ({ filePart: { bytes: file === "f1" ? Array(8000).fill(0xd5) : [...Buffer.from("hello")], part, parts: file === "f1" ? 2 : 1, whole: file !== "f1" } }),
    taxonomyShow: async (name) => ({ taxonomy: await taxonomy(name) }),
    phoneList: () => ({ phones }),
    phoneBoard: () => ({ phoneBoard: [{ who: "amal", displayName: "Amal", state: "talking", since: now, contact: "others", device: "d-x" }, { who: "karim", displayName: "Karim", state: "paused", reason: "missed_calls", since: now }] }),
    staffList: () => ({ staff: [{ name: "karim", roles: [role] }, { name: "amal", displayName: "Amal", roles: ["counsellor"], atDesk: true }] }),
  };
  const lists = { exposureShow: "exposures", clockList: "clocks", overrideList: "overrides", erasureList: "erasures", glassList: "glasses", caseList: "cases", sampleList: "sample", partnerList: "partners" };
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true })).newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  await page.routeWebSocket("**/feed*", () => {});
  await page.route("**/*", async (route) => {
    const url = new URL(route.request().url());
    if (url.protocol === "blob:") return route.continue();
    if (url.pathname === "/token") return route.fulfill({ json: { token: "t" } });
    if (url.pathname === "/ticket") return route.fulfill({ json: { ticket: "t" } });
    if (url.pathname === "/api") {
      const [question, words] = Object.entries(route.request().postDataJSON())[0];
      asked.push([question, words]);
      return route.fulfill({ json: answers[question] ? await answers[question](words) : lists[question] ? { [lists[question]]: [] } : question === "directoryShow" ? { directory: {} } : question === "formShow" ? { form: {} } : { done: { id: "x" } } });
    }
    const file = path.join(folder, "page", url.pathname === "/" ? "index.html" : url.pathname);
    return route.fulfill({ body: await readFile(file), contentType: types[path.extname(file)], headers: { "Content-Security-Policy": policy } });
  });
  await page.goto("http://localhost/");
  await page.locator("[data-contact=mail]").waitFor();
  const t = (key, values = {}) => texts[language][key].replace(/\{(\w+)(?:, number)?\}/g, (_, name) => values[name]);
  return { page, asked, errors, t, press: (key) => page.getByRole("button", { name: t(key), exact: true }).first().click(), last: (question) => asked.findLast(([one]) => one === question)?.[1], end: () => page.context().close() };
}

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((one) => one.html.slice(0, 160)).join(" | ")}`);
}

for (const language of ["ar", "fr", "en"])
  test(`conversations by telephone and mail shut nobody out in ${language}`, async () => {
    const { page, t, end } = await sit(language);
    const open = (id, seen) => async () => {
      if (!(await page.locator(`[data-contact=${id}]`).isVisible())) await page.locator(".conversation header button, .scroll header button").first().click();
      await page.locator(`[data-contact=${id}]`).click();
      await page.getByText(seen).first().waitFor();
    };
    const looks = { mail: open("mail", t("reply.mailKeys")), call: open("call", t("call.hang_up")), back: open("back", t("call.back.neutral")), others: open("others", t("call.whisper")), waiting: open("w1", t("call.answerMine")) };
    await page.locator(".fold").click();
    for (const dark of [false, true]) {
      await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
      for (const [name, show] of Object.entries(looks)) {
        await show();
        assert.deepEqual(await violations(page), [], `${name}, ${dark ? "dark" : "light"}`);
        if (pictures) await page.screenshot({ path: `${pictures}/${name}-${language}${dark ? "-dark" : ""}.png` });
      }
    }
    await page.setViewportSize({ width: 360, height: 760 });
    for (const [name, show] of Object.entries(looks)) {
      await show();
      if (pictures) await page.screenshot({ path: `${pictures}/${name}-${language}-narrow.png` });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} does not scroll sideways`);
    }
    await end();
  });

test("a mail: what its channel said, no receipt, a new line by Enter, sent by Ctrl+Enter; a file under a name that hides nothing", async () => {
  const seat = await sit("en");
  const { page } = seat;
  await page.locator("[data-contact=mail]").click();
  const log = page.getByRole("log");
  await log.locator(".notice").getByText("An answer did not arrive").waitFor();
  assert.equal(await log.locator("article").count(), 2, "a notice is no bubble");
  assert.equal(await log.locator(".tick").count(), 0, "nobody knows whether a mail was read");
  const box = page.locator("textarea[data-reply]");
  await box.pressSequentially("One");
  await box.press("Enter");
  await box.pressSequentially("Two");
  assert.equal(seat.last("contactReply"), undefined);
  await box.press("Control+Enter");
  await page.waitForFunction(() => document.querySelector("textarea[data-reply]").value === "");
  assert.equal(seat.last("contactReply").text, "One\nTwo");
  await page.getByText("letter\\u{202e}fdp.txt").waitFor();
  const coming = page.waitForEvent("download");
  await page.locator(".files").getByRole("button", { name: "Save" }).click();
  const saved = await coming;
  assert.equal(saved.suggestedFilename(), "letterfdp.txt");
  assert.equal(await readFile(await saved.path(), "utf8"), "hello");
  assert.deepEqual(seat.errors, []);
  await seat.end();
});

test("a voice is asked for, comes in parts, is called cut, and sounds only when somebody plays it", async () => {
  const seat = await sit("fr");
  const { page } = seat;
  await page.locator("[data-contact=back]").click();
  await page.getByText(seat.t("contactFile.cut")).waitFor();
  assert.equal(seat.last("contactFileRead"), undefined, "nothing is read before it is asked for");
  await seat.press("contactFile.listen");
  const audio = page.locator("audio");
  await audio.waitFor();
  await page.waitForFunction(() => document.querySelector("audio").readyState >= 1); // the policy lets it in, and it is a sound
  assert.equal(await audio.evaluate((one) => one.duration), 2);
  assert.equal(await audio.evaluate((one) => one.paused), true);
  await page.getByLabel(seat.t("contactFile.speed")).selectOption("1.5");
  await page.waitForFunction(() => document.querySelector("audio").playbackRate === 1.5);
  assert.deepEqual(seat.errors, []);
  await seat.end();
});

test("a call by keys and by buttons; a call back; and one press after two that nobody answered", async () => {
  const seat = await sit("en");
  const { page } = seat;
  await page.getByRole("switch").getByText("Paused because two calls were not answered").waitFor();
  await page.getByRole("switch").click();
  await page.waitForFunction(() => document.querySelector("[role=switch]").getAttribute("aria-busy") === "false");
  assert.deepEqual(seat.last("phoneReady"), { ready: true, reason: "" });
  await page.locator("[data-contact=call]").click();
  await page.getByRole("button", { name: "Hang up" }).waitFor();
  assert.equal(await page.locator("textarea[data-reply]").count(), 0, "nothing is written to a caller");
  await page.keyboard.press("Alt+KeyH");
  await page.getByRole("button", { name: "Resume" }).waitFor();
  assert.deepEqual(seat.last("callControl"), { contact: "call", act: "hold", to: "" });
  await seat.press("call.resume");
  await page.getByRole("button", { name: "Hold", exact: true }).waitFor();
  await page.keyboard.press("Alt+KeyX");
  await page.getByRole("dialog").getByLabel("Amal").check();
  await page.getByRole("dialog").getByRole("button", { name: "Transfer the call" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.deepEqual(seat.last("callControl"), { contact: "call", act: "transfer", to: "amal" });
  await page.keyboard.press("Control+KeyK");
  await page.getByRole("dialog").getByRole("combobox").fill("hang up");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !document.querySelector("dialog[open]"));
  while (seat.last("callControl").act !== "hang_up") await page.waitForRequest("**/api");

  await page.locator("[data-contact=back]").click();
  await page.getByText("Leave no message.").waitFor();
  await page.locator(".call").getByRole("button", { name: "Call back" }).click();
  await page.getByText(seat.t("call.rings")).first().waitFor();
  assert.deepEqual(seat.last("contactCall"), { contact: "back", device: "" });
  await page.locator("[data-contact=others]").click();
  await seat.press("call.whisper");
  while (seat.last("callControl").act !== "whisper") await page.waitForRequest("**/api");
  assert.equal(seat.last("callControl").contact, "others");
  assert.deepEqual(seat.errors, []);
  await seat.end();
});

test("who was set aside waits folded at the end, and whoever is next is never one of them", async () => {
  const seat = await sit("en");
  const { page } = seat;
  const fold = page.getByRole("button", { name: "Perhaps not for us: 1" });
  assert.equal(await fold.getAttribute("aria-expanded"), "false");
  assert.equal(await page.locator("[data-contact=w2]").count(), 0);
  await fold.click();
  await page.locator("[data-contact=w2]").waitFor();
  await page.keyboard.press("t");
  while (!seat.last("contactOpen")) await page.waitForRequest("**/api");
  assert.equal(seat.last("contactOpen"), "w1");
  await seat.end();
});
