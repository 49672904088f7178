// Leaving the chat page, in a real browser: node webchat_exit.test.mjs PROGRAM PLUGIN.so [PICTURES]
import assert from "node:assert/strict";
import { test, before, after } from "node:test";
import { openPage, setStage, teller, until } from "./chat_stage.mjs";

const [program, plugin, pictures] = process.argv.slice(2);
let stage, conversation, index;

before(async () => {
  stage = await setStage({ program, plugin });
  ({ conversation, index } = teller(stage));
});
after(() => stage?.stop());

const picture = (page, name) =>
  pictures ? page.screenshot({ path: `${pictures}/${name}.png` }) : undefined;

test("the way out works before its script is there", async () => {
  const { page, context } = await openPage(stage, { path: "/en" });
  await page.route("**/app.js", () => {}); // a script that never comes
  await page.goto(stage.base + "/en", { waitUntil: "commit" });
  await page.locator("#exit").click({ noWaitAfter: true });
  await page.waitForURL(stage.exit);
  await context.close();
});

const waits = []; // milliseconds; the quicker of the two counts: a busy machine delays any press
for (const key of ["Escape", "Shift"])
  test(`three times ${key} leaves at once, and nothing stays behind`, async () => {
    const { page, context, hosts, say, ticked, errors } = await openPage(stage);
    const secret = `سر ${key}`;
    await say(secret);
    await ticked(1);
    const traces = await page.evaluate(async () => ({
      local: localStorage.length, session: sessionStorage.length, cookie: document.cookie,
      databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
      workers: (await navigator.serviceWorker.getRegistrations()).length }));
    assert.deepEqual(traces,
      { local: 0, session: 0, cookie: "", databases: 0, caches: 0, workers: 0 });
    assert.deepEqual([...hosts], [new URL(stage.base).host], "one host and no other");

    assert.equal(await page.locator("#exit i").isVisible(), false);
    await page.keyboard.press(key);
    assert.equal(await page.locator("#exit i").textContent(), "●○○");
    assert.match(await page.locator("#presses").textContent(), /بقيت ضغطتان/);
    await page.keyboard.press(key);
    const goodbyes = [];
    page.on("request", (request) => goodbyes.push(new URL(request.url()).pathname));
    const visits = stage.visits.length;
    const begun = Date.now();
    await page.keyboard.press(key);
    await page.waitForURL(stage.exit, { waitUntil: "commit" });
    // From the press until the harmless site was asked for its page.
    waits.push(stage.visits[visits] - begun);
    assert.ok(goodbyes.includes("/bye"), "the browser is told to drop what it kept");
    await until("the counsellor is told", async () => (await conversation(secret)).left.length === 1);
    assert.deepEqual((await conversation(secret)).left, [1], "quickly");
    assert.deepEqual(await context.cookies(), []);
    await page.goBack().catch(() => {});
    assert.ok(!page.url().startsWith(stage.base), `Back leads to ${page.url()}`);
    assert.ok(!(await page.content()).includes("سر"));
    assert.deepEqual(errors, []);
    await context.close();
  });

test("the harmless site is asked for within 200 ms of the third press", () => {
  assert.equal(waits.length, 2);
  assert.ok(Math.min(...waits) <= 200, `${waits} ms`);
});

test("capital letters and single presses do not leave", async () => {
  const { page, context } = await openPage(stage, { path: "/en" });
  await page.locator("textarea").focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press("Shift+A");
  assert.equal(await page.locator("textarea").inputValue(), "AAAA");
  await page.keyboard.press("Shift");
  await page.keyboard.press("Shift");
  await page.keyboard.press("b");
  assert.equal(await page.locator("#exit i").isVisible(), false);
  await page.keyboard.press("Shift");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#exit i").textContent(), "●●○");
  assert.ok(page.url().startsWith(stage.base));
  await context.close();
});

test("the way out stays in sight however long the conversation is", async () => {
  const { page, context, say, ticked } = await openPage(stage, { path: "/en",
    viewport: { width: 320, height: 480 } });
  for (let i = 0; i < 4; i++) await say("a long line ".repeat(60));
  await ticked(4);
  const seen = async () => page.locator("#exit").evaluate((one) => {
    const box = one.getBoundingClientRect();
    return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)?.closest("a") === one;
  });
  assert.ok(await seen());
  await page.evaluate(() => document.getElementById("scroll").scrollTo(0, 0));
  assert.ok(await seen());
  await context.close();
});

test("the exit button leaves without a trace in the history", async () => {
  const { page, context, say, ticked } = await openPage(stage);
  await say("كلمة");
  await ticked(1);
  await page.locator("#exit").click();
  await page.waitForURL(stage.exit);
  assert.equal(await page.title(), "weather");
  await page.goBack().catch(() => {});
  assert.ok(!page.url().startsWith(stage.base));
  await context.close();
});
