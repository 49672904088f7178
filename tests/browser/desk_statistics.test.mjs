// The statistics page, in a real browser before a real helpline: node desk_statistics.test.mjs BUILD [PICTURES]
// Conversations that have just ended are counted, in Arabic and French; what is too few is not told; axe finds nothing; a table
// arrives as a file that a program of somebody else can read.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { until } from "../integration/two_nodes.mjs";
import { Child, Seat, setDesks } from "./desk_stage.mjs";

const [build, pictures] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const day = new Date().toISOString().slice(0, 10);
const year = day.slice(0, 4);
let stage;
let ended = 0;
before(async () => {
  stage = await setDesks(build, ["karim:counsellor", "salma:supervisor", "driss:data_officer"], pictures);
});
after(() => stage?.end());

// A child who wrote, with a case, ended in the end.
async function aContact(reason) {
  const child = await Child.arrive(stage, "ma", "ar");
  await child.write("سلام");
  const { nodes } = stage;
  const contact = await until("the contact", 10_000, async () =>
    (await nodes.ask("ma", "contact", "list")).find((one) => one.state === "waiting"));
  await nodes.ask("ma", "contact", "open", contact.id);
  await nodes.ask("ma", "case", "open", contact.id, "--urgency", "U2", "--reason", reason, "--age-band", "13-15");
  await nodes.ask("ma", "contact", "end", contact.id, "ended_by_child");
  await child.close();
  ended += 1;
}

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((one) => one.html.slice(0, 160)).join(" | ")}`);
}

const open = (seat) => seat.page.locator(".rail button").filter({ hasText: seat.t("page.statistics") }).click();
const total = (seat, count) => seat.page.locator(`[data-contacts="${count}"]`).waitFor();
// The rows of a plot, as whoever does not see it reads them.
const rows = (seat, by) => seat.page.locator("section", { has: seat.page.getByRole("heading", { name: seat.t(`statistics.by.${by}`), exact: true }) })
  .getByRole("row").evaluateAll((all) => all.map((row) => [row.querySelector("th[scope=row]")?.textContent.trim(), row.querySelector("td:last-child")?.textContent.trim()]).filter(([name]) => name));

test("so few that not even their number is told, and then six, as soon as the last one has ended", async () => {
  await aContact("cyberbullying");
  const seat = await Seat.take(stage, "ma", "salma", "ar");
  await open(seat);
  await total(seat, "");
  await seat.page.getByText("أقل من 5 اتصالات").waitFor();
  while (ended < 6) await aContact(ended < 4 ? "cyberbullying" : "FR.siblings");
  await seat.page.locator("select").filter({ hasText: seat.t("statistics.period.thisYear") }).selectOption("thisYear");
  await total(seat, "6");
  assert.equal(await seat.page.evaluate(() => document.documentElement.dir), "rtl");
  await seat.page.getByText("دردشة على الإنترنت").waitFor(); // the lists of words may come behind the counts
  assert.deepEqual(await rows(seat, "channel"), [["دردشة على الإنترنت", "6"]]);
  assert.deepEqual(await rows(seat, "age"), [["13 إلى 15 سنة", "6"]]);
  // Four and two: both groups are too small to be told.
  const few = seat.t("statistics.few").replace(/\{.*\}/, "5");
  assert.deepEqual((await rows(seat, "group")).map(([, count]) => count), [few, few]);
  assert.deepEqual(await violations(seat.page), []);
  await seat.page.getByText(seat.t("statistics.asTable", { title: seat.t("statistics.by.hour") })).click();
  assert.equal((await rows(seat, "hour")).length, 24);
  assert.equal((await rows(seat, "hour")).filter(([, count]) => count !== "0").length > 0, true);
  await seat.page.setViewportSize({ width: 1440, height: 2400 });
  await seat.picture("statistics");
  assert.deepEqual(seat.errors, []);
  await seat.close();
});

test("a data officer in French sees the same, in the dark and on a narrow screen, and saves the tables", async () => {
  while (ended < 6) await aContact("cyberbullying");
  const seat = await Seat.take(stage, "ma", "driss", "fr");
  await total(seat, "6"); // it is the first page of that role
  await seat.page.getByText("Tchat en ligne").waitFor();
  assert.deepEqual(await rows(seat, "channel"), [["Tchat en ligne", "6"]]);
  await seat.picture("statistics");
  await seat.page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await violations(seat.page), []);
  await seat.picture("statistics-dark");
  const saved = [];
  for (const key of ["statistics.saveChi", "statistics.saveBik"]) {
    const [download] = await Promise.all([seat.page.waitForEvent("download"), seat.press(key)]);
    saved.push({ name: download.suggestedFilename(), path: await download.path() });
  }
  assert.match(saved[0].name, new RegExp(`^chi-${year}\\.csv$`));
  assert.match(saved[1].name, new RegExp(`^bik-${year}-Q[1-4]\\.csv$`));
  // An independent reader: each row has the columns of the first, and no field begins a formula.
  const read = (file) => JSON.parse(execFileSync("python3", ["-c", "import csv, json, sys; print(json.dumps(list(csv.reader(open(sys.argv[1], encoding='utf-8', newline='')), )))", file], { encoding: "utf8" }));
  for (const { path } of saved) {
    const [head, ...table] = read(path);
    assert.ok(table.length > 0);
    for (const row of table) {
      assert.equal(row.length, head.length);
      for (const field of row) assert.doesNotMatch(field, /^[=+@-]/);
      assert.match(row.at(-1), /^(\d+|<5|hidden)$/);
      if (/^\d+$/.test(row.at(-1))) assert.ok(Number(row.at(-1)) >= 5);
    }
  }
  assert.deepEqual(read(saved[0].path)[0], ["year", "part", "group", "group_label", "reason", "reason_label", "gender", "gender_label", "age_band", "age_band_label", "contacts"]);
  await seat.page.setViewportSize({ width: 360, height: 760 });
  await seat.page.emulateMedia({ colorScheme: "light" });
  await seat.picture("statistics-narrow");
  assert.equal(await seat.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  assert.deepEqual(seat.errors, []);
  await seat.close();
});

test("the command line says the same, and writes the same table", async () => {
  while (ended < 6) await aContact("cyberbullying");
  const { nodes } = stage;
  const view = await nodes.ask("ma", "stats", "show", "--from", `${year}-01-01`, "--until", `${year}-12-31`, "--by", "channel");
  assert.equal(Number(view.contacts), 6);
  assert.deepEqual(view.rows.map((row) => [row.by, row.key, Number(row.count)]), [["channel", "webchat", 6]]);
  const csv = await nodes.sanad(["--data", nodes.data("ma"), "--as", "amina", "stats", "export", "chi_year", year]);
  assert.match(csv, /^year,part,group,/);
  await assert.rejects(nodes.ask("ma", "stats", "show", "--from", "2024-01-01", "--until", day), /400 days/);
});
