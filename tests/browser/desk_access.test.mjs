// The desk for whoever does not see, or has no mouse: node desk_access.test.mjs BUILD [PICTURES]
// Every page in Arabic, French and English, light and dark, has no violation that axe-core finds; nothing scrolls sideways
// on a narrow screen; and a conversation is taken and answered with the keyboard alone.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { until } from "../integration/two_nodes.mjs";
import { Child, Seat, setDesks } from "./desk_stage.mjs";

const [build, pictures] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const everything = "counsellor,supervisor,admin";
let stage;
before(async () => {
  stage = await setDesks(build, ["karim:counsellor", ...["ar", "fr", "en"].map((one) => `all.${one}:${everything}`)], pictures);
});
after(() => stage?.end());

async function violations(page) {
  await page.evaluate(axe); // by the browser's debugger: the page's own policy lets no other script in
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((one) => one.html.slice(0, 160)).join(" | ")}`);
}

for (const language of ["ar", "fr", "en"])
  test(`no page in ${language} shuts anybody out, in the light or in the dark`, async () => {
    const outside = await stage.browser.newContext();
    const door = await outside.newPage();
    await door.goto(`http://localhost:${stage.nodes.deskPort.ma}/`);
    await door.locator(`nav button[lang=${language}]`).click();
    assert.deepEqual(await violations(door), [], "signing in");
    await outside.close();

    const child = await Child.arrive(stage, "ma", language === "en" ? "en" : language);
    await child.write("salam, shi wahed kayhdedni b tsawer");
    const seat = await Seat.take(stage, "ma", `all.${language}`, language);
    const contact = await until("the contact", 10_000, async () =>
      (await stage.nodes.ask("ma", "contact", "list")).find((one) => one.state === "waiting"));
    await stage.nodes.ask("ma", "contact", "open", contact.id);
    await stage.nodes.ask("ma", "contact", "reply", contact.id, "أنا هنا معك");
    const file = await stage.nodes.ask("ma", "case", "open", contact.id, "--urgency", "U2", "--reason", "ose_coercion", "--age-band", "13-15");
    const go = async (page) => {
      if (await seat.page.locator("dialog[open]").count()) await seat.page.keyboard.press("Escape");
      await seat.page.locator(".rail button").filter({ hasText: seat.t(`page.${page}`) }).click();
    };
    const looks = {
      desk: async () => { await go("desk"); const place = seat.page.locator(`[data-contact="${contact.id}"]`); if (await place.isVisible()) await place.click(); await seat.page.getByText("أنا هنا معك").first().waitFor(); },
      case: async () => { await go("cases"); const line = seat.page.getByText(file.code).first(); await line.waitFor({ state: "attached" }); if (await line.isVisible()) await line.click(); await seat.page.getByRole("heading", { name: seat.t("timeline") }).waitFor(); },
      refer: async () => { await seat.press("refer"); await seat.page.getByLabel(seat.t("refer.narrative")).waitFor(); },
      board: async () => { await go("board"); await seat.press("board.now"); await seat.page.locator(".tiles strong").first().waitFor(); },
      statistics: async () => { await go("statistics"); await seat.page.locator("[data-contacts]").waitFor(); },
      handover: async () => { await go("board"); await seat.press("handover"); await seat.page.getByRole("heading", { name: seat.t("handover.health") }).waitFor(); },
      quality: async () => { await go("board"); await seat.press("quality"); await seat.page.getByRole("heading", { name: seat.t("quality.list") }).waitFor(); },
      shift: async () => { await seat.page.locator("button.gauge").click(); await seat.page.getByRole("dialog").getByText(seat.t("said.none")).waitFor(); },
      phones: async () => {
        await go("board");
        await seat.page.locator("button.gauge").click();
        await seat.press("phone.mine");
        const dialog = seat.page.getByRole("dialog", { name: seat.t("phone.mine") });
        await dialog.getByLabel(seat.t("phone.label")).or(dialog.getByText(seat.t("phone.added"))).first().waitFor();
        await dialog.getByText(seat.t("phone.none")).or(dialog.locator("li.card")).first().waitFor();
        if (await dialog.locator("li.card").count()) return;
        await seat.press("phone.addGo"); // the first time it has one, and its password, to show
        await dialog.getByText(seat.t("phone.added")).waitFor();
        await dialog.locator("li.card").waitFor();
      },
      people: async () => { await go("people"); await seat.page.locator(".cards section").first().waitFor(); },
      node: async () => { await go("node"); await seat.page.getByLabel(seat.t("form.own")).waitFor(); },
    };
    for (const dark of [false, true]) {
      await seat.page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
      for (const [name, show] of Object.entries(looks)) {
        await show();
        assert.deepEqual(await violations(seat.page), [], `${name}, ${dark ? "dark" : "light"}`);
        await seat.picture(`${name}${dark ? "-dark" : ""}`);
      }
    }
    await seat.page.setViewportSize({ width: 360, height: 760 });
    for (const [name, show] of Object.entries(looks)) {
      await show();
      await seat.picture(`${name}-narrow`);
      assert.deepEqual(await seat.page.evaluate(() => [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && document.documentElement.scrollWidth > innerWidth)
        .slice(0, 3).map((one) => one.outerHTML.slice(0, 160))), [], `${name} does not scroll sideways`);
    }
    await child.close();
    await seat.close();
  });

test("with the keyboard alone: take whoever is next, answer, write a note, end", async () => {
  const child = await Child.arrive(stage, "ma", "fr");
  await child.write("bonjour, je peux parler ?");
  const seat = await Seat.take(stage, "ma", "karim", "fr");
  const { keyboard } = seat.page;
  await seat.page.locator("button.place").first().waitFor();
  await keyboard.press("t");
  await seat.page.locator("textarea[data-reply]").waitFor();
  await seat.page.waitForFunction(() => document.activeElement?.matches("textarea[data-reply]"));
  await keyboard.type("Bonjour, je suis là.");
  await keyboard.press("Enter");
  await child.reads("Bonjour, je suis là.");
  await keyboard.press("Alt+KeyE");
  await seat.page.getByRole("dialog").waitFor();
  const within = () => seat.page.evaluate(() => !!document.activeElement?.closest("dialog, [role=dialog]"));
  for (let i = 0; i < 12; ++i) {
    assert.ok(await within(), "the focus stays in the question");
    if (await seat.page.evaluate((name) => document.activeElement?.textContent?.includes(name), seat.t("end.go"))) break;
    await keyboard.press("Tab");
  }
  await keyboard.press("Enter");
  await seat.page.getByText(seat.t("end.done")).waitFor();
  await keyboard.press("Escape");
  await keyboard.press("?");
  await seat.page.getByRole("dialog").waitFor();
  assert.deepEqual(seat.errors, []);
  await child.close();
  await seat.close();
});
