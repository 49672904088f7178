// The chat page in a real browser: node webchat.test.mjs PROGRAM PLUGIN.so [PICTURES]
import assert from "node:assert/strict";
import { test, before, after } from "node:test";
import { openPage, setStage, teller, until } from "./chat_stage.mjs";

const [program, plugin, pictures] = process.argv.slice(2);
const busy = -7, invalid = -5; // SANAD_E_BUSY, SANAD_E_INVALID
let stage, conversation, index;

before(async () => {
  stage = await setStage({ program, plugin });
  ({ conversation, index } = teller(stage));
});
after(() => stage?.stop());

const picture = (page, name) =>
  pictures ? page.screenshot({ path: `${pictures}/${name}.png` }) : undefined;

test("without scripts a child writes, sees the answer, and leaves", async () => {
  const { page, context } = await openPage(stage, { javaScriptEnabled: false });
  assert.equal(await page.locator(".danger a[href='tel:19']").isVisible(), true);
  assert.equal(await page.locator("#exit").getAttribute("href"), stage.exit);
  await page.locator("nav a", { hasText: "Français" }).click();
  assert.match(await page.locator(".welcome h1").textContent(), /Bienvenue/);
  const first = "‏شي حد كيهددني par écrit 😟";
  await page.locator("textarea").fill(first);
  await page.locator("form .send").click();
  await page.waitForSelector(".mine.received");
  assert.equal((await conversation(first)).messages.length, 1);
  assert.match(await page.locator("#state").textContent(), /Ton message est arrivé/);
  assert.equal(new URL(page.url()).search, "", "nothing of it is in the address");
  assert.ok(!page.url().includes(await page.locator("#talk [name=token]").inputValue()));
  await stage.host.ask(`say ${await index(first)} Je suis là.`);
  await page.locator("form .plain", { hasText: "réponse" }).click();
  assert.deepEqual(await page.locator(".message p").allTextContents(), [first, "Je suis là."]);
  assert.equal((await conversation(first)).shown, 2);
  await picture(page, "plain-fr");
  assert.deepEqual(await context.cookies(), []);
  // The way out is a plain link; what the form brought does not come back from behind it.
  await page.locator("#exit").click();
  await page.waitForURL(stage.exit);
  page.goBack({ waitUntil: "commit" }).catch(() => {});
  await until("Back has led somewhere", () =>
    page.evaluate((exit) => location.href !== exit, stage.exit).catch(() => false));
  assert.ok(!(await page.evaluate(() => document.documentElement.outerHTML)).includes("كيهددني"));
  await context.close();
});

test("without scripts a text that cannot be taken is given back", async () => {
  const { page, context } = await openPage(stage, { path: "/en", javaScriptEnabled: false });
  await page.locator("textarea").fill("   ");
  await page.locator("form .send").click();
  assert.match(await page.locator("#notice").textContent(), /One word is enough/);
  await page.locator("textarea").fill("w".repeat(4001));
  await page.locator("form .send").click();
  assert.match(await page.locator("#notice").textContent(), /a little long/);
  assert.equal((await page.locator("textarea").inputValue()).length, 4001);
  await context.close();
});

test("a page that came as the answer to a form goes on by itself once its script is there", async () => {
  const { page, context, say, ticked } = await openPage(stage, { path: "/en" });
  await page.route("**/app.js", (route) => route.abort());
  await page.goto(stage.base + "/en");
  await page.locator("textarea").fill("before the script");
  await page.unroute("**/app.js");
  await page.locator("form .send").click();
  await page.waitForSelector("html.lively");
  await page.waitForSelector(".mine.received");
  await say("after the script");
  await ticked(2);
  assert.deepEqual((await conversation("before the script")).messages.map((one) => one.text),
    ["before the script", "after the script"]);
  await context.close();
});

test("the first screen says who reads, what is kept and when it is not secret", async () => {
  for (const [path, words] of [["/", [/من يقرأ/, /ماذا يُحفظ/, /متى لا يبقى سرا/]],
    ["/fr", [/Qui lit/, /gardé/, /plus secret/]], ["/en", [/Who reads/, /What is kept/, /not secret/]],
    ["/ary-Latn", [/Chkoun kay9ra/, /m7fod/, /serr/]], ["/ary-Arab", [/شكون كيقرا/, /شنو كيبقى/, /فوقاش/]]]) {
    const { page, context, errors } = await openPage(stage, { path });
    const titles = await page.locator(".welcome h2").allTextContents();
    titles.forEach((title, index) => assert.match(title, words[index]));
    assert.equal(await page.locator("nav a").count(), 7);
    assert.equal(await page.locator("input:visible, select:visible").count(), 0, "asks for nothing");
    assert.deepEqual(errors, []);
    await context.close();
  }
});

test("Tamazight opens a page that says what it is written in", async () => {
  const { page, context, say, ticked } = await openPage(stage, { path: "/en" });
  await page.locator("nav a", { hasText: "ⵜⴰⵎⴰⵣⵉⵖⵜ" }).click();
  assert.match(await page.locator(".fallback").textContent(), /بالعربية/);
  assert.equal(await page.locator(".hint").getAttribute("lang"), "zgh-Tfng");
  await page.locator("nav a", { hasText: "Tamazight" }).click();
  assert.match(await page.locator(".fallback").textContent(), /en français/);
  await page.locator("nav a", { hasText: "English" }).click();
  assert.equal(await page.locator(".fallback").isVisible(), false);
  await context.close();
});

test("a language is chosen without leaving the page", async () => {
  const { page, context, hosts } = await openPage(stage);
  const url = page.url();
  await page.locator("nav a", { hasText: "English" }).click();
  assert.equal(await page.evaluate(() => document.documentElement.dir), "ltr");
  assert.equal(await page.locator("#exit span").textContent(), "Leave quickly");
  assert.match(await page.locator(".danger").textContent(), /Police/);
  await page.locator("nav a", { hasText: "الدارجة" }).click();
  assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
  assert.match(await page.locator(".hint").textContent(), /بالدارجة/);
  assert.equal(page.url(), url);
  assert.deepEqual([...hosts].length, 1);
  await context.close();
});

test("a message gets its tick when the node has it, and not before", async () => {
  const { page, context, say, state, ticked, errors } = await openPage(stage);
  await stage.host.ask(`refuse submit ${busy} 2`);
  const first = "سلام، شي واحد كيهددني";
  await say(first);
  await state("later");
  assert.equal(await page.locator(".pending").count(), 1);
  assert.equal(await conversation(first), undefined);
  await ticked(1);
  assert.equal((await conversation(first)).messages.length, 1);
  await state("waiting");

  // The node stores it, the answer is lost on the way: asked again, stored once.
  await stage.host.ask("lose submit");
  await say("مرة أخرى");
  await ticked(2);
  assert.equal((await conversation(first)).messages.length, 2);

  await stage.host.ask(`say ${await index(first)} مرحبا بك. أنت لست وحدك. Prends ton temps.`);
  await page.waitForSelector(".theirs");
  await state("open");
  await until("the receipt reaches the node", async () => (await conversation(first)).shown === 3);
  assert.equal(await page.locator("#log").getAttribute("role"), "log");
  assert.equal(await page.locator(".theirs p").getAttribute("dir"), "auto");
  await picture(page, "conversation-ar");
  assert.deepEqual(errors, []);
  await context.close();
});

test("a reload keeps the conversation, and a new tab does not find it", async () => {
  const { page, context, say, ticked, texts } = await openPage(stage);
  await say("باقي هنا");
  await ticked(1);
  await stage.host.ask(`say ${await index("باقي هنا")} نعم، معك`);
  await page.waitForSelector(".theirs");
  await page.reload();
  await page.waitForSelector(".theirs");
  assert.deepEqual(await texts(), ["باقي هنا", "نعم، معك"]);
  await say("شكرا");
  await ticked(2);
  assert.equal((await conversation("باقي هنا")).messages.length, 3);

  const other = await context.newPage();
  await other.goto(page.url());
  assert.equal(await other.locator(".message").count(), 0);
  await page.goto(stage.exit);
  await page.goBack();
  await page.waitForSelector("body[data-state=idle]");
  assert.equal(await page.locator(".message").count(), 0, "Back shows nothing of it");
  assert.equal(await page.evaluate(() => history.state), null);
  await context.close();
});

test("what is written while the connection is cut arrives once and in order", async () => {
  const { page, context, say, state, ticked, texts } = await openPage(stage);
  await say("قبل");
  await ticked(1);
  stage.proxy.refusing = true;
  stage.proxy.cut();
  await state("lost");
  for (const text of ["واحد", "deux", "three"]) await say(text);
  await stage.host.ask(`say ${await index("قبل")} while-away`);
  assert.equal(await page.locator(".pending").count(), 3);
  await picture(page, "offline-ar");
  stage.proxy.refusing = false;
  await ticked(4);
  const expected = ["قبل", "while-away", "واحد", "deux", "three"];
  assert.deepEqual((await conversation("قبل")).messages.map((one) => one.text), expected);
  assert.deepEqual(await texts(), expected);
  await context.close();
});

test("the plugin restarts under an open conversation and nothing is lost or doubled", async () => {
  const { page, context, say, state, ticked, texts } = await openPage(stage);
  await say("avant");
  await ticked(1);
  const port = stage.proxy.target;
  await stage.host.ask("stop");
  await state("lost");
  await say("pendant");
  assert.equal(await stage.host.ask(`start ${port}`), port);
  await ticked(2);
  await say("après");
  await ticked(3);
  assert.deepEqual((await conversation("avant")).messages.map((one) => one.text),
    ["avant", "pendant", "après"]);
  await page.reload();
  await page.waitForSelector(".received >> nth=2");
  assert.deepEqual(await texts(), ["avant", "pendant", "après"]);
  await context.close();
});

test("many quick messages are slowed down, none is dropped", async () => {
  const { page, context, say, ticked } = await openPage(stage);
  const lines = Array.from({ length: 7 }, (_, i) => `quick ${i}`);
  for (const line of lines) await say(line);
  await ticked(7);
  assert.deepEqual((await conversation("quick 0")).messages.map((one) => one.text), lines);
  await context.close();
});

test("a message that is too long or refused comes back to be changed", async () => {
  const { page, context, say, ticked } = await openPage(stage, { path: "/en" });
  await say("😀".repeat(4001));
  assert.match(await page.locator("#notice").textContent(), /a little long/);
  assert.equal(await page.locator(".message").count(), 0);
  await page.locator("textarea").fill("😀".repeat(4000));
  assert.equal(await page.locator("#notice").isVisible(), false);
  await page.locator("form .send").click();
  await ticked(1);
  await stage.host.ask(`refuse submit ${invalid} 1`);
  await say("the node will not have this");
  await page.waitForSelector("#notice[data-about=refused]");
  assert.equal(await page.locator("textarea").inputValue(), "the node will not have this");
  assert.equal(await page.locator(".message").count(), 1);
  await say("   ");
  assert.equal(await page.locator(".message").count(), 1);
  await context.close();
});

test("a conversation ends and another may begin", async () => {
  const { page, context, say, state, ticked } = await openPage(stage, { path: "/fr" });
  await say("au revoir");
  await ticked(1);
  await stage.host.ask(`state ${await index("au revoir")} ended`);
  await state("ended");
  assert.equal(await page.locator("#talk").isVisible(), false);
  await page.locator("#notice button").click();
  await say("rebonjour");
  await ticked(1);
  assert.equal((await conversation("au revoir")).messages.length, 1);
  assert.equal((await conversation("rebonjour")).messages.length, 1);
  await context.close();
});

test("nothing that was written and no address is in the plugin's log", async () => {
  for (const word of ["سلام", "quick", "deux", "127.0.0.1", "keyboard"])
    assert.equal(await stage.host.ask(`logged ${word}`), false, word);
});

test("where many write from one place, one tap more lets the next child in", async () => {
  const crowded = await setStage({ program, plugin, environment: { WEBCHAT_PER_HOUR: "1" } });
  try {
    const first = await openPage(crowded, { path: "/en" });
    await first.say("first");
    await first.ticked(1);
    const second = await openPage(crowded, { path: "/en" });
    await second.say("second");
    await second.page.waitForSelector("#notice[data-about=press]");
    assert.equal(await second.page.locator(".pending").count(), 1);
    await second.page.locator("#notice button").click();
    await second.ticked(1);
    await first.page.reload();
    await first.page.waitForSelector(".received");
    const written = (await crowded.host.ask("dump")).filter((one) => one.messages.length > 0);
    assert.equal(written.length, 2);
  } finally {
    await crowded.stop();
  }
});

test("pictures of the page, by day and by night", { skip: !pictures }, async () => {
  for (const [name, path, colorScheme, width] of [
    ["start-ar-light", "/", "light", 390], ["start-ar-dark", "/", "dark", 390],
    ["start-fr-light", "/fr", "light", 390], ["start-en-dark", "/en", "dark", 390],
    ["start-ar-wide", "/", "light", 1280], ["start-fr-wide-dark", "/fr", "dark", 1280]]) {
    const { page, context } = await openPage(stage,
      { path, colorScheme, viewport: { width, height: 780 } });
    await picture(page, name);
    await context.close();
  }
  for (const [name, path, colorScheme] of [["talk-ar-dark", "/", "dark"], ["talk-fr-light", "/fr", "light"]]) {
    const { page, context, say, ticked } = await openPage(stage, { path, colorScheme });
    const hello = path === "/" ? "سلام، شي واحد كينشر تصاوري بلا إذني" : "Bonjour, quelqu'un me menace en ligne";
    await say(hello + " " + name);
    await ticked(1);
    await stage.host.ask(`say ${await index(hello + " " + name)} ${path === "/" ? "مرحبا بك. أنت لست وحدك، وما وقع ليس خطأك. Prends ton temps." : "Merci de nous écrire. Tu n'es pas seul·e. Prends ton temps."}`);
    await page.waitForSelector(".theirs");
    await say(path === "/" ? "sifet liya tsawer o kayhdedni" : "J'ai peur qu'il publie une photo");
    await ticked(2);
    await picture(page, name);
    await context.close();
  }
});
