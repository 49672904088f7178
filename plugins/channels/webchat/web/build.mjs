// Builds the page and writes it, plain and gzipped, into one C++ file: node build.mjs OUTPUT.cpp
// Pages come out once a language, with the texts in place; {{helpline}} and the like, which the
// node's configuration knows, and {{log}} and the like, which a conversation knows, stay for the
// plugin. The style stands in the page, so that a slow line shows something after one answer.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const budgetBytes = 50_000; // everything the page loads, gzipped
let esbuild;
try {
  esbuild = await import("esbuild");
} catch {
  console.error(`webchat: esbuild is not installed: run "npm ci" in ${here}`);
  process.exit(1);
}

const read = (name) => readFileSync(join(here, name), "utf8");
const bundle = async (name) => {
  const result = await esbuild.build({
    entryPoints: [join(here, name)],
    bundle: true,
    minify: true,
    write: false,
    target: ["chrome80", "firefox78", "safari13"],
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
  return result.outputFiles[0].text;
};

const sha256 = (text) => createHash("sha256").update(text).digest("base64");
const escapeHtml = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

// Three languages have every text; the others borrow what they lack from one of them.
const texts = JSON.parse(read("texts.json"));
const written = { "ary-Arab": "ar", "ary-Latn": "fr", "zgh-Tfng": "ar", "zgh-Latn": "fr" };
const keys = Object.keys(texts.en);
for (const [language, own] of Object.entries(texts)) {
  const unknown = Object.keys(own).filter((key) => !keys.includes(key));
  const missing = written[language] ? [] : keys.filter((key) => !(key in own));
  if (unknown.length + missing.length > 0)
    throw new Error(`texts of ${language}: ${[...unknown, ...missing]}`);
}

// The survey: five questions, five faces each, all of them optional.
const questions = ["felt_heard", "rights_explained", "problem_better", "would_recommend", "felt_safe"];
const survey = questions
  .map(
    (question) =>
      `<fieldset><legend data-text="${question}">{{t.${question}}}</legend>` +
      [1, 2, 3, 4, 5]
        .map(
          (face) =>
            `<label><input class="away" type="radio" name="${question}" value="${face}">` +
            `<svg viewBox="0 0 24 24" aria-hidden="true"><use href="#f${face}"/></svg>` +
            `<span data-text="face${face}">{{t.face${face}}}</span></label>`,
        )
        .join("") +
      "</fieldset>",
  )
  .join("\n");
const mouths = ["M8 17q4-4 8 0", "M8 16.5q4-2 8 0", "M8 16h8", "M8 15q4 3 8 0", "M7.5 14q4.5 6 9 0"];
const faces = mouths
  .map(
    (mouth, index) =>
      `<symbol id="f${index + 1}" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10"/>` +
      `<path d="M9 9v1M15 9v1${mouth}"/></symbol>`,
  )
  .join("");

const style = (await bundle("app.css")).trim();
const page = (language) => {
  const whole = written[language] ?? language;
  const words = { ...texts[whole], ...texts[language] };
  return read("page.html")
    .replace("{{style}}", () => style)
    .replace("{{questions}}", () => survey)
    .replace("{{faces}}", () => faces)
    .replaceAll("{{lang}}", whole)
    .replaceAll("{{language}}", language)
    .replace("{{dir}}", whole === "ar" ? "rtl" : "ltr")
    .replace(/ data-text="(\w+)"/g, (found, key) =>
      whole !== language && texts[language][key] ? `${found} lang="${language}"` : found,
    )
    .replace(/\{\{t\.(\w+)\}\}/g, (_, key) => escapeHtml(words[key]));
};

// What the plugin itself says on a page of somebody whose browser runs no scripts.
const spoken = (language) => {
  const words = { ...texts[written[language] ?? language], ...texts[language] };
  return Object.entries(words)
    .map(([key, text]) => `        if (key == "${key}") return ${JSON.stringify(text)};\n`)
    .join("");
};

const assets = [
  ["app_js", await bundle("app.ts")],
  ["icon_svg", read("icon.svg")],
];
const pages = Object.keys(texts).map((language) => [language, page(language)]);

const zip = (text) => gzipSync(text, { level: 9 });
const largest = Math.max(...pages.map(([, text]) => zip(text).length));
const total = assets.reduce((sum, [, text]) => sum + zip(text).length, largest);
if (total > budgetBytes) throw new Error(`the page has ${total} bytes gzipped, over ${budgetBytes}`);

const lines = ['#include "plugins/channels/webchat/assets.h"\n\nnamespace sanad::webchat {\nnamespace {\n'];
const text = (name, bytes) => lines.push(`const unsigned char ${name}[] = {${[...bytes].join(",")}};\n`);
for (const [name, content] of assets) {
  text(name, Buffer.from(content));
  text(`${name}_gz`, zip(content));
}
pages.forEach(([, content], index) => text(`page_${index}`, Buffer.from(content)));
lines.push(
  "template <std::size_t size>\nstd::string_view view(const unsigned char (&bytes)[size]) {\n" +
    "    return {reinterpret_cast<const char*>(bytes), size};\n}\n\n}  // namespace\n\n",
);
for (const [name] of assets)
  lines.push(`Asset ${name}_asset() { return {view(${name}), view(${name}_gz)}; }\n`);
lines.push("std::string_view page_template(std::string_view language) {\n");
pages.forEach(([language], index) =>
  lines.push(`    if (language == "${language}") return view(page_${index});\n`),
);
lines.push("    return {};\n}\n");
lines.push(
  "std::string_view page_text(std::string_view language, std::string_view key) {\n",
  ...Object.keys(texts).map(
    (language) => `    if (language == "${language}") {\n` + spoken(language) + "    }\n",
  ),
  "    return {};\n}\n",
);
lines.push(`std::string_view style_hash() { return "sha256-${sha256(style)}"; }\n`);
lines.push("\n}  // namespace sanad::webchat\n");
writeFileSync(process.argv[2], lines.join(""));
console.log(`webchat: the page has ${total} bytes gzipped, of ${budgetBytes}`);
