// "Write a channel in fifteen minutes", as it stands: its commands are run and its changes made, in a home of their own.
import { execFile } from "node:child_process";
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { freePort } from "../two_nodes.mjs";

const run = promisify(execFile);
const [build, source] = process.argv.slice(2).map((one) => path.resolve(one));

/** The page's commands and changes as one script, each change handed to patch. */
function script(page, port) {
  const blocks = [...page.matchAll(/^```(sh|diff)\n(.*?)^```$/gms)];
  const text = blocks.map(([, kind, block]) => kind === "sh" ? block : `patch -p0 <<'CHANGE'\n${block}CHANGE\n`);
  return `set -euo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n${text.join("")}`.replaceAll("4871", String(port));
}

test("the page leads to a channel that a node runs", async (context) => {
  const home = await mkdtemp(path.join(tmpdir(), "sanad-page-"));
  context.after(() => rm(home, { recursive: true, force: true }));
  const folder = `${home}/sanad`;
  await mkdir(`${folder}/build`, { recursive: true });
  await symlink(`${source}/subprojects`, `${folder}/subprojects`);
  for (const part of ["nodes", "plugins", "share"]) await symlink(`${build}/${part}`, `${folder}/build/${part}`);
  const page = await readFile(`${source}/subprojects/sanad-sdk/docs/CHANNEL.md`, "utf8");
  await writeFile(`${home}/page.sh`, script(page, await freePort()));
  const { stdout } = await run("bash", [`${home}/page.sh`], { cwd: folder, maxBuffer: 16 << 20,
    env: { PATH: process.env.PATH, HOME: home, CCACHE_DIR: process.env.CCACHE_DIR ?? `${process.env.HOME}/.cache/ccache`,
      CCACHE_BASEDIR: home, CCACHE_NOHASHDIR: "1" } }).catch((error) => {
    throw new Error(`${error.stdout?.slice(-2000)}\n${error.stderr?.slice(-2000)}`);
  });
  const said = stdout.split("\n");
  assert.ok(said.includes("ok message-1"));
  assert.ok(said.includes("say conversation-0001 0 Good evening. Somebody will answer soon."));
  assert.ok(said.some((line) => /^say conversation-0001 \d+ Yes\. What is it like where you are\?$/.test(line)));
  // The next version takes over, answers at the same port, and makes room for the one before again.
  const place = (line) => said.indexOf(line);
  assert.ok(said.some((line) => /version: 0\.1\.0 -> 0\.2\.0$/.test(line)));
  const steps = ["sms: running 0.2.0", "ok message-2", "sms: running 0.1.0"].map(place);
  assert.ok(steps[0] > 0 && steps[0] < steps[1] && steps[1] < steps[2], `${steps}`);
});
