// The chat page in a real browser: node webchat.test.mjs PROGRAM PLUGIN.so [PICTURES]
import assert from "node:assert/strict";
import { test, before, after } from "node:test";
import { openPage, setStage } from "./chat_stage.mjs";

const [program, plugin, pictures] = process.argv.slice(2);
const busy = -7, invalid = -5; // SANAD_E_BUSY, SANAD_E_INVALID
let stage;

before(async () => { stage = await setStage({ program, plugin }); });
after(() => stage?.stop());

const conversation = async (first) =>
  (await stage.host.ask("dump")).find((one) => one.messages[0]?.text === first);
const index = async (first) =>
  (await stage.host.ask("dump")).findIndex((one) => one.messages[0]?.text === first);
const picture = (page, name) =>
  pictures ? page.screenshot({ path: `${pictures}/${name}.png` }) : undefined;

/** Looks again until it holds; the reader has ten seconds. */
async function until(what, truth) {
  const end = Date.now() + 10_000;
  while (!(await truth())) {
    assert.ok(Date.now() < end, what);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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
  const small = await page.locator("a:visible, button:visible, textarea:visible").evaluateAll(
    (all) => all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML));
  assert.deepEqual(small, [], "everything to touch is 44 pixels high");
  assert.equal(await page.title(), "Notes");
  assert.deepEqual(errors, []);
  await context.close();
});

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

test("the way out works before its script is there", async () => {
  const { page, context } = await openPage(stage, { path: "/en" });
  await page.route("**/app.js", () => {}); // a script that never comes
  await page.goto(stage.base + "/en", { waitUntil: "commit" });
  await page.locator("#exit").click({ noWaitAfter: true });
  await page.waitForURL(stage.exit);
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

test("who waits is told honestly where they stand, or nothing", async () => {
  const { page, context, say, ticked, state } = await openPage(stage, { path: "/en" });
  await say("how long");
  await ticked(1);
  await state("waiting");
  assert.equal(await page.locator("#place").isVisible(), false, "not known: nothing is said");
  const at = await index("how long");
  await stage.host.ask(`place ${at} 3 360`);
  await stage.host.ask(`say ${at} A counsellor will come.`);
  await stage.host.ask(`state ${at} waiting`);
  await page.waitForFunction(() => document.getElementById("place").textContent ===
    "Waiting before you: 2. The last ones waited about 6 min.");
  await page.locator("nav a", { hasText: "Français" }).click();
  assert.equal(await page.locator("#place").textContent(),
    "Avant toi : 2. Les derniers ont attendu environ 6 min.");
  await stage.host.ask(`state ${at} open`);
  await page.waitForSelector("#place", { state: "hidden" });
  await context.close();
});

test("a message is sent, kept, and read, and says so in words too", async () => {
  const { page, context, say, ticked } = await openPage(stage, { path: "/en" });
  await stage.host.ask(`refuse submit ${busy} 1`);
  await say("read me");
  assert.match(await page.locator(".mine .meta").textContent(), /Not there yet/);
  await ticked(1);
  assert.match(await page.locator(".mine .meta").textContent(), /Received/);
  await stage.host.ask(`read ${await index("read me")} 1`);
  await stage.host.ask(`state ${await index("read me")} open`);
  await page.waitForSelector(".mine.seen");
  assert.match(await page.locator(".mine .meta").textContent(), /Read$/);
  await context.close();
});

test("a child leaves with a code and comes back with it on another device", async () => {
  const one = await openPage(stage, { path: "/en" });
  await one.say("I must go");
  await one.ticked(1);
  assert.equal(await one.page.locator("#keep").isVisible(), true);
  await one.page.locator("#keep summary").click();
  await one.page.waitForFunction(() =>
    /^(\d{4} ?){4}$/.test(document.querySelector(".code").textContent));
  const code = await one.page.locator(".code").textContent();
  const words = await one.page.locator(".words").textContent();
  assert.equal(words.split(" ").length, 8);
  await picture(one.page, "keep-en");
  await one.page.reload();
  await one.page.waitForSelector(".received");
  assert.equal(await one.page.locator(".code").textContent(), code, "a reload keeps it");
  await one.page.locator("#keep summary").click();
  await one.page.locator("#keep button").click();
  await one.page.waitForSelector("#notice[data-about=left]");
  assert.equal(await one.page.locator(".message").count(), 0);
  await until("the counsellor is told", async () => (await conversation("I must go")).left.length === 1);
  assert.deepEqual((await conversation("I must go")).left, [0], "closed, not fled");
  assert.ok(!(await one.page.content()).includes("I must go"));
  await one.context.close();

  await stage.host.ask(`say ${await index("I must go")} We are still here.`);
  const arabic = code.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));
  for (const [path, typed] of [["/", arabic], ["/fr", words]]) {
    const two = await openPage(stage, { path });
    await two.page.locator("#return summary").click();
    await two.page.locator("#typed").fill(typed);
    await two.page.keyboard.press("Enter");
    await two.page.waitForSelector(".theirs");
    assert.deepEqual(await two.texts(), ["I must go", "We are still here."]);
    assert.equal(await two.page.locator(".code").textContent(), code);
    assert.equal(new URL(two.page.url()).search, "");
    await two.context.close();
  }
  const plain = await openPage(stage, { path: "/fr", javaScriptEnabled: false });
  await plain.page.locator("#return summary").click();
  await plain.page.locator("#typed").fill(code);
  await plain.page.keyboard.press("Enter");
  await plain.page.waitForSelector(".theirs");
  assert.deepEqual(await plain.texts(), ["I must go", "We are still here."]);
  await plain.context.close();
});

test("a wrong code is told kindly, ten times, and opens nothing", async () => {
  const { page, context } = await openPage(stage, { path: "/en" });
  await page.locator("#return summary").click();
  const before = (await stage.host.ask("dump")).filter((one) => one.messages.length > 0).length;
  for (const typed of ["1234 5678 1234 5678", "not a code"]) {
    await page.locator("#typed").fill(typed);
    const begun = Date.now();
    await page.locator("#back button").click();
    await page.waitForFunction(() => /opens nothing/.test(document.getElementById("wrong").textContent));
    assert.ok(Date.now() - begun >= 990, "never at once");
    await page.evaluate(() => (document.getElementById("wrong").textContent = ""));
  }
  assert.equal((await stage.host.ask("dump")).filter((one) => one.messages.length > 0).length, before);
  await context.close();
});

test("at the end a child says in five faces what it was like, or skips it", async () => {
  const { page, context, say, ticked, state } = await openPage(stage, { path: "/en" });
  await say("thank you, bye");
  await ticked(1);
  assert.equal(await page.locator("#survey").isVisible(), false);
  await stage.host.ask(`state ${await index("thank you, bye")} ended`);
  await state("ended");
  await page.locator("#survey button").click(); // nothing chosen: nothing sent
  await picture(page, "survey-en");
  await page.locator("[name=felt_heard][value='5']").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowLeft");
  await page.locator("fieldset:nth-of-type(5) label:nth-of-type(2)").click();
  await page.locator("#survey button").click();
  await page.waitForSelector("#notice[data-about=thanks]");
  assert.deepEqual((await conversation("thank you, bye")).felt, { felt_heard: 4, felt_safe: 2 });
  assert.equal(await page.locator("#survey").isVisible(), false);
  await context.close();
});

test("a picture is refused on the device with kind words, and no byte of it is sent", async () => {
  const { page, context, say, ticked } = await openPage(stage, { path: "/en" });
  await say("hello, a picture");
  await ticked(1);
  const sent = [];
  page.on("request", (request) => sent.push(request.url()));
  for (const kind of ["paste", "drop"]) {
    const prevented = await page.evaluate((kind) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(2048).fill(77)], "me.jpg", { type: "image/jpeg" }));
      const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
      document.querySelector("textarea").dispatchEvent(event);
      return event.defaultPrevented;
    }, kind);
    assert.equal(prevented, true, kind);
    await page.waitForSelector("#notice[data-about=pictureNo]");
    assert.match(await page.locator("#notice").textContent(), /Send us the address/);
    assert.equal(await page.locator("#hash[open] li").count(), 3);
    await page.evaluate(() => document.getElementById("hash").removeAttribute("open"));
  }
  await picture(page, "picture-en");
  assert.equal(await page.locator("input[type=file]").count(), 0);
  assert.deepEqual(sent, []);
  assert.deepEqual((await conversation("hello, a picture")).messages.map((one) => one.text),
    ["hello, a picture"]);
  // Words go in as ever.
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", "words");
    document.querySelector("textarea").dispatchEvent(
      new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await context.close();
});

test("the keyboard alone is enough", async () => {
  const { page, context, ticked } = await openPage(stage, { path: "/en" });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "exit");
  await page.keyboard.press("Tab"); // past everything else
  assert.equal(await page.locator(".skip").evaluate((one) => document.activeElement === one), true);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "TEXTAREA");
  assert.equal(new URL(page.url()).hash, "");
  await page.keyboard.type("written by keyboard");
  await page.keyboard.press("Enter");
  await ticked(1);
  const unnamed = await page.locator("a, button:visible, textarea").evaluateAll((all) =>
    all.filter((one) => !(one.textContent.trim() || one.getAttribute("aria-label"))).length);
  assert.equal(unnamed, 0);
  await context.close();
});

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
    assert.ok(stage.visits[visits] - begun <= 200, `${stage.visits[visits] - begun} ms`);
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

test("nothing that was written and no address is in the plugin's log", async () => {
  for (const word of ["سلام", "quick", "deux", "127.0.0.1", "keyboard"])
    assert.equal(await stage.host.ask(`logged ${word}`), false, word);
});

test("every text stands out from its ground, by day and by night", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const { page, context, say, ticked } = await openPage(stage, { path: "/en", colorScheme });
    await say(`contrast ${colorScheme}`);
    await ticked(1);
    const faint = await page.evaluate(() => {
      const light = (color) => {
        const [r, g, b] = color.match(/[\d.]+/g).map((n) => n / 255)
          .map((n) => (n <= 0.03928 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = (one) => {
        const color = getComputedStyle(one).backgroundColor;
        return /, 0\)$/.test(color) ? ground(one.parentElement) : color;
      };
      return [...document.querySelectorAll("p, a, li, h1, time, button span, b")]
        .filter((one) => one.checkVisibility() && one.textContent.trim())
        .map((one) => {
          const [a, b] = [light(getComputedStyle(one).color), light(ground(one))];
          return { text: one.textContent.slice(0, 30), ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
        })
        .filter(({ ratio }) => ratio < 4.5);
    });
    assert.deepEqual(faint, [], colorScheme);
    await context.close();
  }
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

test("the whole page is small and comes from one place", async () => {
  const { page, context } = await openPage(stage, { path: "/en" });
  const loaded = await page.evaluate(() =>
    [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")]
      .reduce((sum, one) => sum + one.transferSize, 0));
  assert.ok(loaded > 5_000 && loaded < 50_000, `${loaded} bytes`);
  await context.close();
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
