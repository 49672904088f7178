// The journeys of people at a desk, in a real browser before two real helplines: node desk.test.mjs BUILD [PICTURES]
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../integration/two_nodes.mjs";
import { Child, label, Seat, setDesks } from "./desk_stage.mjs";

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

// A case in Morocco, with the child's consent to tell Tunisia what stands in `items`. returns  its id
async function aCase(words) {
  const child = await Child.arrive(stage, "ma", "ar");
  await child.write(words);
  const nodes = stage.nodes;
  const contact = await until("the contact", 10_000, async () =>
    (await nodes.ask("ma", "contact", "list")).find((one) => one.state === "waiting"));
  await nodes.ask("ma", "contact", "open", contact.id);
  const file = await nodes.ask("ma", "case", "open", contact.id, "--urgency", "U2", "--reason", "VI.cyberbullying", "--age-band", "13-15");
  const tunisia = (await nodes.ask("ma", "link", "list"))[0].peer;
  await nodes.ask("ma", "consent", "record", file.id, "--by", "child",
    ...["narrative", "age_band", "services_requested"].flatMap((item) => ["--item", item]),
    "--recipient", tunisia, "--words", "نشارك هذا مع تونس", "--language", "ar");
  await child.close();
  return { id: file.id, code: file.code, tunisia };
}

// J7: what leaves is shown before it leaves; the other country decides on one page; both see the same.
for (const [language, asker, asked, story] of [
  ["ar", "karim", "salma", "طفلة تتعرض للتنمر في مجموعة مدرسية وتحتاج إلى من يسمعها."],
  ["fr", "yasmine", "salma", "Une élève est harcelée dans un groupe de classe et cherche quelqu’un qui l’écoute."],
])
  test(`J7 in ${language}: a referral is sent, decided in the other country, and seen by both`, async () => {
    const file = await aCase("سلام، عندي مشكل في المدرسة");
    const here = await Seat.take(stage, "ma", asker, language);
    const there = await Seat.take(stage, "tn", asked, language);
    await here.page.locator(".rail button").filter({ hasText: here.t("page.cases") }).click();
    await here.page.getByText(file.code).first().click();
    await here.press("refer");
    await here.page.locator("form select").first().selectOption(file.tunisia);
    await here.page.getByLabel(here.t("refer.narrative")).fill(story);
    await here.page.getByLabel(here.t("refer.redacted")).check();
    await here.press("refer.show");
    await here.page.locator(".preview").getByText(story).waitFor();
    await here.picture("preview");
    await here.press("refer.send");
    await here.page.getByText(here.t("refer.done")).waitFor();

    await there.page.locator(".rail button").filter({ hasText: there.t("page.referrals") }).click();
    const begun = Date.now();
    await there.page.locator("aside button.line").filter({ hasText: file.code }).click();
    await there.page.getByText(story).first().waitFor();
    await there.picture("asked");
    await there.press("move.review");
    await there.page.getByRole("dialog").getByRole("button", { name: there.t("move.review") }).click();
    await there.press("move.accept");
    await there.page.getByRole("dialog").getByRole("button", { name: there.t("move.accept") }).click();
    // The other side's state arrives at the page that is open here, without a reload.
    for (const seat of [there, here])
      await seat.page.locator(".tag.good").filter({ hasText: label("referral-states", "accepted", language) }).waitFor();
    assert.ok(Date.now() - begun < 120_000, "decided in under two minutes");
    await here.picture("accepted");
    assert.deepEqual([...here.errors, ...there.errors], []);
    await here.close();
    await there.close();
  });
