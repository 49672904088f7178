// Whom the chat page leaves out, in a real browser: nobody. node webchat_access.test.mjs PROGRAM PLUGIN.so [PICTURES]
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test, before, after } from "node:test";
import { openPage, setStage, teller } from "./chat_stage.mjs";

const [program, plugin, pictures] = process.argv.slice(2);
const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
let stage, conversation, index;

before(async () => {
  stage = await setStage({ program, plugin });
  ({ conversation, index } = teller(stage));
});
after(() => stage?.stop());

const picture = (page, name) =>
  pictures ? page.screenshot({ path: `${pictures}/${name}.png` }) : undefined;

/** What axe-core finds against WCAG 2.2 AA in what the page shows now, nothing moving. */
async function violations(page) {
  await page.evaluate(() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished)));
  await page.evaluate(axe);
  return page.evaluate((tags) =>
    axe.run(document, { runOnly: tags, resultTypes: ["violations"] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html.slice(0, 120)).join(" | ")}`)),
    rules);
}

async function check(page, screen) {
  assert.deepEqual(await violations(page), [], screen);
  await picture(page, screen.replace(/[^\w]+/g, "-"));
}

async function everyScreen(path, colorScheme) {
  const { page, context, say, ticked, state } = await openPage(stage, { path, colorScheme });
  const name = (screen) => `${path} ${colorScheme} ${screen}`;
  await check(page, name("first"));
  for (const card of ["ground", "return", "hash"]) {
    await page.locator(`#${card} summary`).click();
    await check(page, name(card));
    await page.locator(`#${card} summary`).click();
  }
  const first = `سلام ${path} ${colorScheme} bonjour`;
  await say(first);
  await ticked(1);
  const at = await index(first);
  await stage.host.ask(`place ${at} 2 400`);
  await stage.host.ask(`read ${at} 1`);
  await stage.host.ask(`say ${at} مرحبا. Tu n'es pas seul.`);
  await stage.host.ask(`state ${at} waiting`);
  await page.waitForSelector("#place:not(:empty)");
  await page.waitForSelector(".mine.seen");
  await check(page, name("waiting"));
  await page.locator("#keep summary").click();
  await check(page, name("code"));
  await page.locator("#keep summary").click();
  await say("x".repeat(4001));
  await page.waitForSelector("#notice[data-about=tooLong]");
  await page.keyboard.press("Shift");
  await check(page, name("notice"));
  await page.locator("#message").fill("");
  await stage.host.ask(`state ${at} ended`);
  await state("ended");
  await page.locator("#survey label").nth(3).click();
  await check(page, name("end"));

  // The same without scripts, as a browser shows it that could not load one.
  await page.route("**/app.js", (route) => route.abort());
  await page.goto(stage.base + path);
  await page.locator("#message").fill(`${first} plain`);
  await page.locator(".send").click();
  await page.waitForSelector(".mine.received");
  await check(page, name("plain"));
  await context.close();
}

test("the page reads from right to left and fits a telephone", async () => {
  const { page, context, errors } = await openPage(stage);
  assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
  const box = await page.locator("textarea").boundingBox();
  const send = await page.locator("form .send").boundingBox();
  const exit = await page.locator("#exit").boundingBox();
  const name = await page.locator(".name").boundingBox();
  assert.ok(send.x < box.x, "the send button is on the left");
  assert.ok(exit.x < name.x, "the quick exit is on the left");
  for (const path of ["/", "/fr", "/en"])
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 700 });
      await page.goto(stage.base + path);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
        `${path} does not scroll sideways at ${width}`);
    }
  const small = await page.locator("a:visible, button:visible, textarea:visible, summary:visible").evaluateAll(
    (all) => all.filter((one) => !one.matches(".skip") && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML));
  assert.deepEqual(small, [], "everything to touch is 44 pixels high");
  assert.equal(await page.title(), "Notes");
  assert.deepEqual(errors, []);
  await context.close();
});

test("the keyboard alone is enough, from the first screen to the last face", async () => {
  const { page, context, ticked, state } = await openPage(stage, { path: "/" });
  const here = () => page.evaluate(() => document.activeElement.id || document.activeElement.tagName);
  const focused = (selector) =>
    page.locator(selector).evaluate((one) => document.activeElement === one);
  const tabTo = async (selector, key = "Tab") => {
    for (let i = 0; i < 60; i++) {
      if (await focused(selector)) return;
      await page.keyboard.press(key);
    }
    assert.fail(`${selector} is not reached by ${key}`);
  };
  await page.keyboard.press("Tab");
  assert.equal(await here(), "exit", "the way out comes first");
  await tabTo("nav a[data-tile=en]");
  const ring = await page.locator("nav a[data-tile=en]").evaluate((one) =>
    getComputedStyle(one).outlineStyle + parseFloat(getComputedStyle(one).outlineWidth));
  assert.equal(ring, "solid3", "where the keyboard is can be seen");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  await tabTo(".skip", "Shift+Tab");
  await page.keyboard.press("Enter");
  assert.equal(await here(), "message");
  assert.equal(new URL(page.url()).hash, "");
  await page.keyboard.type("Written by keyboard");
  await page.keyboard.press("Enter");
  await ticked(1);

  // The cards open and close; leaving with a code and coming back by it.
  await tabTo("#ground summary", "Shift+Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#ground li").first().isVisible(), true);
  await page.keyboard.press("Space");
  await tabTo("#keep summary");
  await page.keyboard.press("Enter");
  const code = await page.locator(".code").textContent();
  await tabTo("#keep button");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#notice[data-about=left]");
  await tabTo("#return summary", "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo("#typed");
  await page.keyboard.type(code);
  await page.keyboard.press("Enter");
  await ticked(1);

  await stage.host.ask(`state ${await index("Written by keyboard")} ended`);
  await state("ended");
  await tabTo("[name=felt_heard][value='1']");
  await page.keyboard.press("ArrowRight");
  await tabTo("#survey button");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#notice[data-about=thanks]");
  assert.deepEqual((await conversation("Written by keyboard")).felt, { felt_heard: 2 });
  await context.close();
});

for (const [path, language] of [["/", "Arabic"], ["/fr", "French"], ["/en", "English"]])
  for (const colorScheme of ["light", "dark"])
    test(`axe-core finds nothing on any screen: ${language}, ${colorScheme}`, () =>
      everyScreen(path, colorScheme));

test("axe-core finds nothing on the first screen in Darija and Tamazight", async () => {
  for (const path of ["/ary-Arab", "/ary-Latn", "/zgh-Tfng", "/zgh-Latn"]) {
    const { page, context } = await openPage(stage, { path });
    await check(page, path);
    await context.close();
  }
});

test("axe-core finds what is wrong on purpose", async () => {
  const { page, context } = await openPage(stage, { path: "/en" });
  await page.evaluate(() => {
    document.querySelector(".opening").style.color = "#ccc";
    document.querySelector("#message").removeAttribute("aria-label");
    document.querySelector("#message").removeAttribute("placeholder");
  });
  const found = (await violations(page)).map((one) => one.split(":")[0]);
  assert.deepEqual(found.sort(), ["color-contrast", "label"]);
  await context.close();
});

// axe-core passes over Arabic and Tifinagh letters where it looks for contrast.
test("every text stands out from its ground in every script, by day and by night", async () => {
  for (const [path, colorScheme] of [["/", "light"], ["/", "dark"], ["/zgh-Tfng", "light"], ["/zgh-Tfng", "dark"]]) {
    const { page, context, say, ticked } = await openPage(stage, { path, colorScheme });
    await say(`تباين ${path} ${colorScheme}`);
    await ticked(1);
    const seen = await page.evaluate(() => {
      for (const card of document.querySelectorAll("details")) card.open = true;
      document.getElementById("survey").hidden = false;
      const light = (color) => {
        const [r, g, b] = color.match(/[\d.]+/g).map((n) => n / 255)
          .map((n) => (n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = (one) => {
        const color = getComputedStyle(one).backgroundColor;
        return /, 0\)$/.test(color) ? ground(one.parentElement) : color;
      };
      return [...document.querySelectorAll("p, a, li, h1, h2, time, button, b, summary, label, legend, span")]
        .filter((one) => one.checkVisibility() && one.textContent.trim())
        .map((one) => {
          const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
          return { text: one.textContent.slice(0, 30), ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
        });
    });
    assert.ok(seen.length > 50);
    assert.deepEqual(seen.filter(({ ratio }) => ratio < 4.5), [], `${path} ${colorScheme}`);
    await context.close();
  }
});

test("nothing scrolls sideways on a small telephone, with every card open", async () => {
  for (const path of ["/", "/fr", "/en", "/ary-Latn", "/zgh-Tfng"]) {
    const { page, context, say, ticked } = await openPage(stage, { path,
      viewport: { width: 320, height: 568 } });
    await say(`narrow ${path} ${"w".repeat(80)}`);
    await ticked(1);
    await page.evaluate(() => {
      for (const card of document.querySelectorAll("details")) card.open = true;
      document.getElementById("survey").hidden = false;
    });
    const wide = await page.evaluate(() => [...document.querySelectorAll("body *")]
      .filter((one) => one.checkVisibility() && !one.closest(".away, .skip") &&
        (one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1))
      .map((one) => one.outerHTML.slice(0, 80)));
    assert.deepEqual(wide, [], path);
    assert.ok(await page.locator("#message").evaluate((one) => one.getBoundingClientRect().width > 120));
    await picture(page, `narrow${path.replace("/", "-")}`);
    await context.close();
  }
});

test("who asked for less motion gets none", async () => {
  const { page, context } = await openPage(stage, { path: "/en", reducedMotion: "reduce" });
  await page.locator("#ground summary").click();
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await context.close();
  const moving = await openPage(stage, { path: "/en" });
  await moving.page.locator("#ground summary").click();
  assert.equal(await moving.page.evaluate(() => document.getAnimations().length), 1);
  await moving.context.close();
});

test("the whole page is small and comes from one place", async () => {
  const { page, context } = await openPage(stage, { path: "/en" });
  const loaded = await page.evaluate(() =>
    [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")]
      .reduce((sum, one) => sum + one.transferSize, 0));
  assert.ok(loaded > 5_000 && loaded < 50_000, `${loaded} bytes`);
  await context.close();
});
