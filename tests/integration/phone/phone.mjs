// Calls from end to end: sipp and baresip call the endpoint, and are rung by it; what was heard is
// compared with what was said. usage: phone.mjs PHONE-ENDPOINT [PART OF A SCENARIO'S NAME]
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stopAll } from "./peers.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [program, wanted = ""] = process.argv.slice(2);

if (process.getuid() !== 0) {
  console.log("sipp plays captures through a raw socket, for root alone: skipped");
  process.exit(77);
}
// In a network of its own, so that nothing can leave the machine. baresip wants one address that is
// not loopback.
if (!process.env.SANAD_PHONE_ALONE) {
  const begin = "ip link set lo up && ip link add v0 type veth peer name v1 && ip addr add 198.51.100.1/24 dev v0 && ip link set v0 up && ip link set v1 up";
  const alone = spawnSync("unshare", ["-n", "sh", "-c", `${begin} && exec "$@"`, "sh", process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    { stdio: "inherit", env: { ...process.env, SANAD_PHONE_ALONE: "1" } });
  process.exit(alone.status ?? 1);
}

const folder = mkdtempSync(join(tmpdir(), "sanad-phone-"));
let failed = 0, count = 0;
// Whoever ends us early ends what we started, too.
for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, async () => { await stopAll(); rmSync(folder, { recursive: true, force: true }); process.exit(1); });
try {
  const sounds = join(folder, "sounds");
  mkdirSync(sounds);
  execFileSync(join(here, "audio.sh"), [sounds]);
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
    "-keyout", join(sounds, "key.pem"), "-out", join(sounds, "certificate.pem")], { stdio: "ignore" });
  const scenarios = [];
  for (const file of readdirSync(join(here, "scenarios")).sort())
    for (const [name, run] of Object.entries((await import(join(here, "scenarios", file))).default))
      if (name.includes(wanted)) scenarios.push({ name, run });
  const begun = Date.now();
  const run = async ({ name, run: play }) => {
    const where = join(folder, `${++count}`), from = Date.now();
    mkdirSync(where);
    try {
      await play({ program, folder: where, sounds });
      console.log(`ok   ${name} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${name}: ${error.message}`);
    }
  };
  const next = async (list) => { for (let one; (one = list.shift());) await run(one); };
  // Those that only wait go on beside all others. All others at once would make the machine late, and
  // late sound is broken sound; what floods the machine, or measures it, comes last and alone.
  const waiting = scenarios.filter((one) => one.run.waits).map(run);
  const alone = scenarios.filter((one) => one.run.alone), usual = scenarios.filter((one) => !one.run.waits && !one.run.alone);
  await Promise.all(Array.from({ length: 8 }, () => next(usual)));
  await next(alone);
  await Promise.all(waiting);
  console.log(`${count - failed} of ${count} in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
} finally {
  await stopAll();
  if (!process.env.SANAD_PHONE_KEEP) rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
