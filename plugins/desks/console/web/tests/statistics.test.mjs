import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { barsOf, columnsOf, dayCount, dayText, daysOf, eachDay, quartersTo } = await load("words/statistics.ts");
const row = (by, key, count, told = {}) => ({ by, key, count: String(count), hidden: false, beside: false, ...told });

test("a period has its first and its last day, also over the end of a year", () => {
  const day = new Date(2027, 1, 14);
  assert.equal(dayText(day), "2027-02-14");
  assert.deepEqual(daysOf("thisMonth", day), { from: "2027-02-01", until: "2027-02-28" });
  assert.deepEqual(daysOf("lastMonth", day), { from: "2027-01-01", until: "2027-01-31" });
  assert.deepEqual(daysOf("thisQuarter", day), { from: "2027-01-01", until: "2027-03-31" });
  assert.deepEqual(daysOf("lastQuarter", day), { from: "2026-10-01", until: "2026-12-31" });
  assert.deepEqual(daysOf("lastYear", day), { from: "2026-01-01", until: "2026-12-31" });
  assert.deepEqual(daysOf("thisMonth", new Date(2028, 1, 1)), { from: "2028-02-01", until: "2028-02-29" });
  assert.deepEqual(quartersTo(day, 3), ["2027-Q1", "2026-Q4", "2026-Q3"]);
});

test("days are counted with both ends, and those to come are not drawn", () => {
  assert.equal(dayCount("2026-12-31", "2027-01-01"), 2);
  assert.equal(dayCount("2027-01-02", "2027-01-01"), 0);
  assert.equal(dayCount("", "2027-01-01"), 0);
  assert.equal(dayCount("2027-03-27", "2027-03-29"), 3); // the clocks change between
  assert.deepEqual(eachDay("2026-12-30", "2027-01-31", "2027-01-01"), ["2026-12-30", "2026-12-31", "2027-01-01"]);
  assert.deepEqual(eachDay("2027-01-02", "2027-01-31", "2027-01-01"), []);
});

test("bars are the longest first with what is hidden last, or in the order of their list", () => {
  const rows = [row("channel", "phone", 7), row("channel", "webchat", 9), row("channel", "sms", 0, { hidden: true }), row("channel", "email", 0, { hidden: true, beside: true }), row("age", "13-15", 9), row("age", "10-12", 30)];
  assert.deepEqual(barsOf(rows, "channel").map((bar) => [bar.key, bar.told]), [["webchat", "count"], ["phone", "count"], ["sms", "few"], ["email", "hidden"]]);
  assert.deepEqual(barsOf(rows, "age", ["10-12", "13-15"]).map((bar) => bar.key), ["10-12", "13-15"]);
  assert.deepEqual(barsOf([row("wait", "never", 50), row("wait", "under_1", 8)], "wait").map((bar) => bar.key), ["under_1", "never"]);
});

test("a column that the node does not name is none, and one that it hides is hidden", () => {
  const columns = columnsOf([row("hour", "01", 6), row("hour", "02", 0, { hidden: true })], "hour", ["00", "01", "02"]);
  assert.deepEqual(columns.map((bar) => [bar.count, bar.told]), [[0, "count"], [6, "count"], [0, "few"]]);
});
