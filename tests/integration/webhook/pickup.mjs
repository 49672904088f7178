// SPDX-License-Identifier: Apache-2.0
//
// A partner's person in front of the pickup page: pickup.mjs LINK [PICTURES]
// Chromium, with scripts off. Every step is one JSON line of what the page showed. PICTURES is a
// folder for screenshots.
import { join } from "node:path";
import { chromium } from "playwright-core";

const [link, pictures] = process.argv.slice(2);
const show = (step, facts) => console.log(JSON.stringify({ step, ...facts }));

const browser = await chromium.launch({
  executablePath: process.env.SANAD_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

/** A fresh reader; `foreign` counts what the page asked of anybody but the plugin. */
async function reader(options) {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  const page = await context.newPage();
  const home = new URL(link).origin;
  page.foreign = 0;
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(home) && !url.startsWith("data:")) ++page.foreign;
  });
  return page;
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

const desk = await reader({ locale: "ar-MA", viewport: { width: 1100, height: 900 } });
await desk.goto(link);
await picture(desk, "pickup-ar");
const root = desk.locator("html");
show("arabic", {
  lang: await root.getAttribute("lang"),
  dir: await root.getAttribute("dir"),
  heading: await desk.locator("h1").textContent(),
  choices: await desk.locator("input[type=radio]").count(),
  links_in_view: await desk.locator(".view a").count(),
  // From right to left: the first radio button stands right of its text.
  mirrored: (await desk.locator("input[type=radio]").first().boundingBox()).x > 550,
  cookies: (await desk.context().cookies()).length,
  foreign: desk.foreign,
});

const phone = await reader({ locale: "fr-FR", viewport: { width: 360, height: 740 } });
await phone.goto(link);
await picture(phone, "pickup-fr-phone");
const measure = await phone.locator("body").boundingBox();
show("phone", { lang: await phone.locator("html").getAttribute("lang"), width: measure.width });

// The whole answer by keyboard: language, choice, note, send.
await desk.getByText("English").click();
await picture(desk, "pickup-en");
await desk.locator("input[type=radio]").first().focus();
await desk.keyboard.press("ArrowDown");
await desk.keyboard.press("Tab");
await desk.keyboard.type("We called the school.\nشكرا");
await desk.keyboard.press("Tab");
await desk.keyboard.press("Enter");
await desk.waitForURL("**/done**");
await picture(desk, "done-en");
show("answered", {
  heading: await desk.locator("h1").textContent(),
  said: await desk.locator(".done strong").textContent(),
  foreign: desk.foreign,
});
await desk.locator("main a").click();
show("back", { state: await desk.locator(".facts > div").nth(2).locator("dd").textContent() });

const stranger = await reader({ locale: "en-GB" });
const answer = await stranger.goto(link.replace(/[^/]{4}$/, "AAAA"));
await picture(stranger, "absent-en");
show("stranger", { status: answer.status(), heading: await stranger.locator("h1").textContent() });

if (pictures) {
  await desk.goto(`${link}?lang=ar`);
  await desk.emulateMedia({ media: "print" });
  await picture(desk, "print-ar");
  await desk.emulateMedia({ media: "screen", colorScheme: "dark" });
  await picture(desk, "pickup-ar-dark");
}
await browser.close();
