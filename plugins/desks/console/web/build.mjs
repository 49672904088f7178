// Builds the page and writes its files, plain and gzipped, into one C++ file: node build.mjs OUTPUT.cpp
// The same source gives the same bytes. With --folder FOLDER the files are left there as well; with --depfile FILE it says there
// of which files they were made, for ninja.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const budgetBytes = 250 * 1024; // what the page loads beside its fonts, gzipped
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

let vite;
try {
  vite = await import("vite");
} catch {
  console.error(`console: vite is not installed: run "npm ci" in ${here}`);
  process.exit(1);
}

const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const kept = option("--folder");
const folder = kept ?? mkdtempSync(join(tmpdir(), "sanad-console-"));
const files = [];
try {
  await vite.build({
    configFile: join(here, "vite.config.mjs"),
    build: { outDir: folder, emptyOutDir: true },
  });
  for (const name of readdirSync(folder, { recursive: true }).sort()) {
    const type = types[extname(name)];
    if (!type) {
      if (extname(name)) throw new Error(`no content type for ${name}`);
      continue; // a folder
    }
    const plain = readFileSync(join(folder, name));
    const zipped = gzipSync(plain, { level: 9 });
    files.push({
      path: name === "index.html" ? "/" : `/${name.replaceAll("\\", "/")}`,
      type,
      plain,
      zipped: zipped.length < plain.length * 0.95 ? zipped : Buffer.alloc(0),
    });
  }
} finally {
  if (!kept) rmSync(folder, { recursive: true, force: true });
}

// What of others is in these files, and under which licence.
const licences = ["svelte", "uqr", "d3-scale", "d3-array", "d3-color", "d3-format", "d3-interpolate", "internmap", "@fontsource/noto-sans", "@fontsource/noto-sans-arabic", "@fontsource/noto-sans-tifinagh"]
  .map((name) => {
    const folder = join(here, "node_modules", name);
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    return `${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
  })
  .join(`\n${"-".repeat(72)}\n\n`);
files.push({
  path: "/licences.txt",
  type: "text/plain; charset=utf-8",
  plain: Buffer.from(licences),
  zipped: gzipSync(licences, { level: 9 }),
});

const loaded = (wanted) =>
  files.filter((file) => file.path !== "/licences.txt" && (extname(file.path) === ".woff2") === wanted)
    .reduce((sum, file) => sum + (file.zipped.length || file.plain.length), 0);
if (loaded(false) > budgetBytes)
  throw new Error(`the page has ${loaded(false)} bytes gzipped, over ${budgetBytes}`);

const lines = ['#include "plugins/desks/console/assets.h"\n\n#include <array>\n#include <cstddef>\n\n',
  "namespace sanad::console {\nnamespace {\n\n"];
const bytes = (name, content) =>
  content.length && lines.push(`const unsigned char ${name}[] = {${[...content].join(",")}};\n`);
const view = (name, content) =>
  content.length ? `std::string_view(reinterpret_cast<const char*>(${name}), ${content.length})` : "std::string_view()";
files.forEach((file, index) => {
  bytes(`plain_${index}`, file.plain);
  bytes(`zipped_${index}`, file.zipped);
});
lines.push(`\n}  // namespace\n\nstd::span<const Asset> assets() {\n    static const std::array<Asset, ${files.length}> all = {{\n`);
files.forEach((file, index) =>
  lines.push(`        {"${file.path}", "${file.type}", ${view(`plain_${index}`, file.plain)},\n         ${view(`zipped_${index}`, file.zipped)}},\n`));
lines.push("    }};\n    return all;\n}\n\n}  // namespace sanad::console\n");
writeFileSync(process.argv[2], lines.join(""));
console.log(`console: the page has ${loaded(false)} bytes gzipped, its fonts ${loaded(true)}`);

const depfile = option("--depfile");
if (depfile) {
  const sources = readdirSync(join(here, "src"), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath ?? one.path, one.name));
  const others = ["index.html", "vite.config.mjs", "package-lock.json"].map((name) => join(here, name));
  const escaped = (name) => name.replaceAll(" ", "\\ ");
  writeFileSync(depfile, `${escaped(process.argv[2])}: ${[...sources.sort(), ...others].map(escaped).join(" ")}\n`);
}
