// A module of the page, for node's own test runner.
import { build } from "esbuild";
import { join } from "node:path";

export async function load(name) {
  const made = await build({
    entryPoints: [join(import.meta.dirname, "../src", name)],
    bundle: true,
    write: false,
    format: "esm",
    target: "node20",
    logLevel: "silent",
  });
  return import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].contents).toString("base64")}`);
}
