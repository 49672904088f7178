// Builds the page and writes it, plain and gzipped, into one C++ file: node build.mjs OUTPUT.cpp
// Pages come out once a language, with the texts in place; {{helpline}} and the like, which the
// node's configuration knows, stay for the plugin.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const budgetBytes = 50 * 1024; // everything the page loads, gzipped
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

const escapeHtml = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

const texts = JSON.parse(read("texts.json"));
const keys = Object.keys(texts.en).join();
for (const language of ["ar", "fr"])
  if (Object.keys(texts[language]).join() !== keys) throw new Error(`texts of ${language} differ`);

const page = (language) => {
  const words = { ...texts[language === "ary" ? "ar" : language], ...texts[language] };
  return read("page.html")
    .replace("{{lang}}", language === "ary" ? "ar" : language)
    .replace("{{dir}}", language === "ar" || language === "ary" ? "rtl" : "ltr")
    .replace(/\{\{t\.(\w+)\}\}/g, (_, key) => escapeHtml(words[key]));
};

const assets = [
  ["app_js", await bundle("app.ts")],
  ["app_css", await bundle("app.css")],
  ["icon_svg", read("icon.svg")],
];
const pages = ["ar", "ary", "fr", "en"].map((language) => [`page_${language}`, page(language)]);

const zip = (text) => gzipSync(text, { level: 9 });
const total = assets.reduce((sum, [, text]) => sum + zip(text).length, zip(pages[0][1]).length);
if (total > budgetBytes) throw new Error(`the page has ${total} bytes gzipped, over ${budgetBytes}`);

const lines = ['#include "plugins/channels/webchat/assets.h"\n\nnamespace sanad::webchat {\nnamespace {\n'];
const text = (name, bytes) => lines.push(`const unsigned char ${name}[] = {${[...bytes].join(",")}};\n`);
for (const [name, content] of assets) {
  text(name, Buffer.from(content));
  text(`${name}_gz`, zip(content));
}
for (const [name, content] of pages) text(name, Buffer.from(content));
lines.push(
  "template <std::size_t size>\nstd::string_view view(const unsigned char (&bytes)[size]) {\n" +
    "    return {reinterpret_cast<const char*>(bytes), size};\n}\n\n}  // namespace\n\n",
);
for (const [name] of assets)
  lines.push(`Asset ${name}_asset() { return {view(${name}), view(${name}_gz)}; }\n`);
for (const [name] of pages)
  lines.push(`std::string_view ${name}_template() { return view(${name}); }\n`);
lines.push("\n}  // namespace sanad::webchat\n");
writeFileSync(process.argv[2], lines.join(""));
console.log(`webchat: the page has ${total} bytes gzipped`);
