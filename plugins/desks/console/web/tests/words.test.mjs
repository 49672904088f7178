import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { load } from "./load.mjs";

const { format, names, parse } = await load("words/icu.ts");
const { span, share, moment, dayOf } = await load("words/time.ts");
const { byteLength, stretches } = await load("words/utf8.ts");
const { fold, matches } = await load("words/fold.ts");
const texts = Object.fromEntries(
  ["ar", "fr", "en"].map((one) => [one, JSON.parse(readFileSync(join(import.meta.dirname, `../src/texts/${one}.json`), "utf8"))]),
);

test("every text is there in three languages, well formed, with the same placeholders", () => {
  for (const language of ["ar", "fr"]) assert.deepEqual(Object.keys(texts[language]), Object.keys(texts.en));
  for (const key of Object.keys(texts.en)) {
    const wanted = [...new Set(names(parse(texts.en[key])))].sort();
    for (const language of ["ar", "fr", "en"]) {
      assert.ok(texts[language][key].trim(), `${language} ${key}`);
      assert.equal(texts[language][key], texts[language][key].normalize("NFC"), `${language} ${key}`);
      assert.deepEqual([...new Set(names(parse(texts[language][key])))].sort(), wanted, `${language} ${key}`);
    }
  }
});

test("a plural has each form that its language asks for", () => {
  const plurals = (parts) => parts.flatMap((part) => (typeof part === "string" ? [] : [...(part.kind === "plural" ? [part] : []), ...[...part.cases.values()].flatMap(plurals)]));
  const wanted = { ar: ["one", "two", "few", "many"], fr: ["one"], en: ["one"] };
  for (const [language, all] of Object.entries(texts))
    for (const [key, text] of Object.entries(all))
      for (const plural of plurals(parse(text)))
        for (const form of wanted[language]) assert.ok(plural.cases.has(form), `${language} ${key}: ${form}`);
});

test("messages count as their language does", () => {
  const minutes = (language, count) => format(parse(texts[language]["span.minutes"]), { count }, language === "ar" ? "ar-MA" : language);
  assert.deepEqual([1, 2, 5, 11, 100].map((count) => minutes("ar", count)), ["دقيقة واحدة", "دقيقتان", "5 دقائق", "11 دقيقة", "100 دقيقة"]);
  assert.deepEqual([0, 1, 2].map((count) => minutes("fr", count)), ["0 minute", "1 minute", "2 minutes"]);
  assert.equal(format(parse("{n, plural, =0 {none} one {# thing} other {# things of {who}}}"), { n: 3, who: "A" }, "en"), "3 things of A");
  assert.equal(format(parse("{how, select, left {gone} other {here}}"), { how: "left" }, "en"), "gone");
});

test("a message that is not well formed is refused", () => {
  for (const text of ["{", "}", "{a", "{a, plural, one {x}}", "{a, date}", "{}", "{a b}"]) assert.throws(() => parse(text), undefined, text);
});

test("a wait is told in the unit that people think in", () => {
  const minute = 60_000;
  assert.deepEqual(span(-5), { unit: "now", count: 0 });
  assert.deepEqual(span(minute - 1), { unit: "now", count: 0 });
  assert.deepEqual(span(minute), { unit: "minutes", count: 1 });
  assert.deepEqual(span(119 * minute), { unit: "minutes", count: 119 });
  assert.deepEqual(span(120 * minute), { unit: "hours", count: 2 });
  assert.deepEqual(span(48 * 60 * minute), { unit: "days", count: 2 });
  assert.deepEqual([share(5, 10), share(50, 10), share(-1, 10), share(5, 0)], [0.5, 1, 0, 0]);
});

test("a moment of another day says which day, and what is no moment says nothing", () => {
  const noon = new Date(2026, 0, 31, 12).toISOString();
  assert.equal(moment(noon, dayOf(Date.parse(noon)), "fr"), "12:00");
  assert.match(moment(noon, "another day", "fr"), /31.*2026.*12:00/);
  assert.equal(moment("", "", "fr"), "");
});

test("hints point at bytes, and the letters around them stay whole", () => {
  const text = "عافاك kayhdedni 😟 الله";
  const at = (words) => ({ first: byteLength(text.slice(0, text.indexOf(words))), length: byteLength(words), words });
  const cut = stretches(text, [at("😟"), at("kayhdedni")]);
  assert.deepEqual(cut.map((one) => one.text), ["عافاك ", "kayhdedni", " ", "😟", " الله"]);
  assert.equal(cut[3].hint.words, "😟");
  // In the middle of a letter, behind the end, over another one: left out.
  for (const wrong of [{ first: 1, length: 2 }, { first: 0, length: 999 }, { first: 0, length: 1 }, { first: 4, length: 0 }])
    assert.deepEqual(stretches(text, [wrong]).map((one) => one.text).join(""), text);
  assert.equal(stretches(text, [at("kayhdedni"), { ...at("kay"), other: true }]).filter((one) => one.hint).length, 1);
});

test("searching knows no accents, vowel signs, forms of alif or scripts of digits", () => {
  assert.equal(fold("Éléments"), "elements");
  assert.equal(fold("إِبْتِزَاز"), fold("ابتزاز"));
  assert.equal(fold("٤٢"), "42");
  assert.ok(matches("cyber harc", ["Cyberharcèlement"]));
  assert.ok(matches("ابتزاز", ["Sextortion", "إبتزاز جنسي"]));
  assert.ok(!matches("bully sleep", ["Bullying"]));
});

test("only answers that were changed are kept, and an emptied one is taken away", async () => {
  const { changed, given } = await load("words/answers.ts");
  const before = given([{ field: "living", values: ["with_parents"] }, { field: "page", values: ["a"] }]);
  assert.deepEqual(changed(before, { ...before }), []);
  assert.deepEqual(changed(before, { ...before, page: ["  "], seen: ["2026-01-02"] }),
    [{ field: "page", values: [] }, { field: "seen", values: ["2026-01-02"] }]);
});
