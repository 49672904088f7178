// The journeys of people at a desk, in a real browser before two real helplines: node desk.test.mjs BUILD [PICTURES]
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Child, Seat, setDesks } from "./desk_stage.mjs";

const [build, pictures] = process.argv.slice(2);
let stage;
before(async () => {
  stage = await setDesks(build, ["karim:counsellor", "salma:supervisor", "yasmine:counsellor", "nadia:admin"], pictures);
});
after(() => stage?.end());

// J1 and J4: a child writes, is seen with what was noticed, taken, answered, and has a case at the end.
for (const [language, name, plea, answer] of [
  ["ar", "karim", "سلام، شي واحد كيهددني بالصور", "مرحبا، أنا هنا معك. ما حدث ليس ذنبك."],
  ["fr", "yasmine", "salam, sifet liya tsawer o kayhdedni", "Bonjour, je suis là avec toi. Ce n’est pas ta faute."],
])
  test(`J4 in ${language}: from the queue to a case, without losing a word`, async () => {
    const seat = await Seat.take(stage, "ma", name, language);
    assert.equal(await seat.page.evaluate(() => document.documentElement.dir), language === "ar" ? "rtl" : "ltr");
    const child = await Child.arrive(stage, "ma", language);
    await child.write(plea);
    await seat.page.locator("button.place").first().click();
    await seat.picture("waiting");
    await seat.page.getByRole("button", { name: new RegExp(`^${seat.t("take")}`) }).click();
    await seat.page.getByText(plea).first().waitFor();

    // What is being written survives that the page goes.
    const reply = seat.page.locator("textarea[data-reply]");
    await reply.fill(answer.slice(0, 20));
    await seat.page.getByText(seat.t("draft.kept")).waitFor();
    await seat.page.reload();
    await seat.page.locator(".frame").waitFor();
    await seat.page.locator("button.mine, button.place, .queue button").filter({ hasText: /./ }).first().click();
    await reply.waitFor();
    await assert.doesNotReject(seat.page.waitForFunction(
      (text) => document.querySelector("textarea[data-reply]")?.value === text, answer.slice(0, 20)));
    await reply.fill(answer);
    await reply.press("Enter");
    await child.reads(answer);
    await seat.picture("conversation");

    // A case, with a reason found by a word of another language.
    await seat.page.getByRole("searchbox", { name: seat.t("reasons.search") }).fill("sextortion");
    await seat.page.locator("button.choice").first().click();
    await seat.press("case.open");
    await seat.label("note").fill("She sounds calm. Her aunt knows.");
    await seat.press("note.keep");
    await seat.page.getByText(seat.t("note.done")).waitFor();
    await seat.picture("case");
    assert.equal(await child.page.getByText("Her aunt knows").count(), 0, "no note ever reaches the child");

    await seat.press("end");
    await seat.press("end.go");
    await seat.page.getByText(seat.t("end.done")).waitFor();
    assert.deepEqual(seat.errors, []);
    await child.close();
    await seat.close();
  });
