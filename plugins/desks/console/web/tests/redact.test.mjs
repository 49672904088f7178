import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { traces, without } = await load("words/redact.ts");
const found = (text) => traces(text).map((one) => `${one.kind}: ${one.text}`);

test("what would let somebody be found is pointed at, in three scripts", () => {
  assert.deepEqual(found("Elle a appelé le 06 12 34 56 78 hier."), ["number: 06 12 34 56 78"]);
  assert.deepEqual(found("رقمها ٠٦١٢٣٤٥٦٧٨ وكتبت أمس"), ["number: ٠٦١٢٣٤٥٦٧٨"]);
  assert.deepEqual(found("his account is @red.kite_21 on that service"), ["account: @red.kite_21"]);
  assert.deepEqual(found("she wrote from red.kite@example.org, see https://example.org/a?b=1"), ["address: red.kite@example.org", "address: https://example.org/a?b=1"]);
  assert.deepEqual(found("née le 03/05/2012, carte AB123456"), ["date: 03/05/2012", "number: AB123456"]);
  assert.deepEqual(found("The girl goes to Ibn Khaldoun with her friend Salma."), ["name: Ibn Khaldoun", "name: Salma"]);
  assert.deepEqual(found("بنت اسمها نوال تسكن مع جدتها"), ["name: نوال"]);
  assert.deepEqual(found("wa7d lbent smiytha nawal kat3ich m3a jeddatha"), ["name: nawal"]);
});

test("an address with an account's sign in it is one thing, and what stands twice is told once", () => {
  assert.deepEqual(found("write to red.kite@example.org or red.kite@example.org"), ["address: red.kite@example.org"]);
});

test("ordinary words, times and small numbers are left alone", () => {
  for (const text of [
    "A child of 13 is afraid to go to school since Monday.".replace("Monday", "last week"),
    "Un enfant de 13 ans a peur depuis 3 semaines, de 8 h à 17 h.",
    "طفل في الثالثة عشرة يخاف من المدرسة منذ 3 أسابيع.",
    "Il a peur. Elle aussi. Que faire ?",
    "",
  ])
    assert.deepEqual(found(text), [], text);
});

test("what is hidden is gone from everywhere", () => {
  assert.equal(without("Salma and Salma's friend", "Salma", "[…]"), "[…] and […]'s friend");
});

test("a text four times as long does not take much more than four times as long", () => {
  const quickest = (text) => Math.min(...Array.from({ length: 5 }, () => {
    const began = performance.now();
    traces(text);
    return performance.now() - began;
  }));
  for (const piece of ["aaaa ", "1 ", "Aa", "a.", "Aa aa "]) {
    const short = piece.repeat(2_000), long = piece.repeat(8_000);
    assert.ok(quickest(long) < 12 * quickest(short) + 20, piece);
  }
});
