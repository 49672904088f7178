// A referral that travels on paper between two nodes without a network: the codes that Chromium shows
// are read by zbar, and what was read brings the same bytes as the file does, and the receipt back.
// usage: paper.mjs BUILD ZBARIMG CHROMIUM
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { TwoNodes, askedReferral, until } from "../two_nodes.mjs";

const [build, zbarimg, browserPath] = process.argv.slice(2);
const run = promisify(execFile);
const nodes = await TwoNodes.make(build);
const browser = await chromium.launch({ executablePath: browserPath,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"] });

const link = (country, ...args) => nodes.sanad(["--data", nodes.data(country), "--as", "amina", "--json", "link", ...args]);
const refusal = (country, ...args) => link(country, ...args).then(() => "it was not refused", (error) => error.stderr);

/** What a person gets who opens the page, prints it and scans each sheet. */
async function scanned(name) {
  const context = await browser.newContext({ viewport: { width: 800, height: 1000 }, deviceScaleFactor: 2 });
  const page = await context.newPage();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const address = pathToFileURL(nodes.file(name)).href;
  await page.goto(address);
  assert.deepEqual(asked, [address], "the page loads nothing");
  const sheets = page.locator("section");
  const lines = [];
  for (let i = 0; i < await sheets.count(); ++i) {
    const picture = nodes.file(`${name}-${i}.png`);
    await sheets.nth(i).screenshot({ path: picture });
    const { stdout } = await run(zbarimg, ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture]);
    lines.push(...stdout.trim().split("\n"));
  }
  const words = await sheets.first().innerText();
  for (const part of ["Scan all", "Scannez", "امسحوا"]) assert.ok(words.includes(part), part);
  const paper = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.equal(paper.match(/\/Type\s*\/Page\b/g).length, await sheets.count(), "a sheet is a page of A4");
  await context.close();
  // zbar tells the codes of one picture in any order.
  const number = (line) => Number(/ (\d+)\//.exec(line)[1]);
  return lines.sort((one, other) => number(one) - number(other));
}

/** The file whose pages these are, by the words of core/node/courier_pages.h alone. */
function fileOf(lines) {
  const pieces = [];
  for (const line of lines) {
    const [, header, number, text] = /^(SANAD-COURIER (\d+)\/\d+ [0-9A-F]{8} )([A-Z2-7]+)$/.exec(line);
    const bits = [...text].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
    const bytes = Buffer.from(bits.match(/.{8}/g).map((eight) => parseInt(eight, 2)));
    const piece = bytes.subarray(0, -4);
    assert.deepEqual(createHash("sha256").update(header).update(piece).digest().subarray(0, 4), bytes.subarray(-4));
    pieces[Number(number) - 1] = piece;
  }
  return Buffer.concat(pieces);
}

async function carry() {
  await nodes.start("ma");
  const referral = await askedReferral(nodes, ["narrative"]);
  const [{ peer: tunisia }] = await nodes.ask("ma", "link", "list");
  const made = JSON.parse(await link("ma", "export", "--peer", tunisia, "--unheard", "--out", nodes.file("out"), "--qr", nodes.file("out.html")));
  const lines = await scanned("out.html");
  assert.equal(lines.length, made.pages);
  assert.ok(lines.length >= 3, "there is something to put in order");
  assert.deepEqual(fileOf(lines), await readFile(nodes.file("out")));

  assert.match(await refusal("ma", "export", "--peer", tunisia, "--unheard"), /--qr FILE\.html/);
  assert.match(await refusal("ma", "export", "--peer", tunisia, "--unheard", "--qr", nodes.file("out.html")), /out\.html/);
  await nodes.stop("ma");

  await nodes.start("tn");
  const text = nodes.file("scanned.txt");
  await writeFile(text, [...lines.slice(2).reverse(), lines[0], lines[0]].join("\n"));
  assert.match(await refusal("tn", "import", text), new RegExp(`page 2 of ${lines.length} is missing`));
  await writeFile(text, [...lines.slice(2).reverse(), lines[0], `QR-Code:${lines[1]}`, lines[0], ""].join("\r\n"));
  const taken = JSON.parse(await link("tn", "import", text, "--qr", nodes.file("receipt.html")));
  assert.ok(Number(taken.entries) >= 1);
  assert.ok((await nodes.ask("tn", "referral", "list")).some(({ id }) => id === referral));
  const again = JSON.parse(await link("tn", "import", nodes.file("out")));
  assert.equal(Number(again.entries), 0, "the file itself brings nothing that the paper did not");
  const receipt = await scanned("receipt.html");
  assert.deepEqual(fileOf(receipt), await readFile(`${text}.receipt`));
  await nodes.stop("tn");

  await nodes.start("ma");
  await writeFile(text, receipt.reverse().join("\n"));
  await link("ma", "import", text);
  await until("the receipt that came home on paper", 10_000, async () => {
    const [{ up, lanes }] = await nodes.ask("ma", "link", "list");
    return !up && lanes.every(({ sent, receipted }) => sent === receipted);
  });
  return { referral, tunisia, pages: lines.length };
}

/** Files for which paper is too small are refused, with what to do. */
async function tooMuch({ referral, tunisia }) {
  for (let i = 0; i < 12; ++i) await nodes.ask("ma", "referral", "status", "note", referral, `${"An invented line. ".repeat(100)}${i}`);
  const said = await refusal("ma", "export", "--peer", tunisia, "--unheard", "--out", nodes.file("large"), "--qr", nodes.file("large.html"));
  assert.match(said, /24 KiB/);
  await assert.rejects(readFile(nodes.file("large")), "nothing is written then");
}

try {
  const carried = await carry();
  await tooMuch(carried);
  console.log(`${carried.pages} codes went there, and the receipt came back`);
} finally {
  await browser.close();
  await nodes.end();
}
