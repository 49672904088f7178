// The processes that a node runs its isolated plugins in.
import { readdir, readFile } from "node:fs/promises";

/** Their numbers. instance: one plugin's; parent: the node's process, when only its own are meant */
export async function pluginProcesses(instance, parent) {
  const found = [];
  for (const number of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const words = await readFile(`/proc/${number}/cmdline`, "utf8").catch(() => "");
    if (!words.startsWith(`sanad-plugin-host\0${instance}\0`)) continue;
    const status = await readFile(`/proc/${number}/status`, "utf8").catch(() => "");
    if (parent && !status.includes(`\nPPid:\t${parent}\n`)) continue;
    found.push(Number(number));
  }
  return found;
}
