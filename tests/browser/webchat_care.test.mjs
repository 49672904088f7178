// What the chat page does for a child beside the chat, in a real browser: node webchat_care.test.mjs PROGRAM PLUGIN.so [PICTURES]
import assert from "node:assert/strict";
import { test, before, after } from "node:test";
import { openPage, setStage, teller, until } from "./chat_stage.mjs";

const [program, plugin, pictures] = process.argv.slice(2);
const busy = -7; // SANAD_E_BUSY
let stage, conversation, index;

before(async () => {
  stage = await setStage({ program, plugin });
  ({ conversation, index } = teller(stage));
});
after(() => stage?.stop());

const picture = (page, name) =>
  pictures ? page.screenshot({ path: `${pictures}/${name}.png` }) : undefined;

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
