#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns a plugin's manifest and configuration schema into a C file that puts them into the library.

    embed.py OUTPUT.c MANIFEST.capnp CONFIG.capnp SCHEMA_FOLDER

MANIFEST.capnp holds `const manifest :Sdk.Manifest = (...)`, CONFIG.capnp a top-level `struct Config`.
The host reads the sections `.sanad.manifest` and `.sanad.config` without running the plugin.
"""
import json
import re
import subprocess
import sys

ROW = """
__attribute__((section("{section}"), used, aligned(8), visibility("hidden")))
const unsigned char {name}[{size}] = {{
{bytes}
}};
"""


def capnp(*arguments):
    run = subprocess.run(["capnp", *arguments], stdout=subprocess.PIPE, check=False)
    if run.returncode != 0:
        sys.exit(f"embed: capnp {arguments[0]} failed on {arguments[-1]}")
    return run.stdout


def check(manifest):
    """The rules of sanad/plugin.capnp that the schema compiler does not know."""
    if not re.fullmatch(r"[a-z0-9-]{1,31}", manifest.get("id", "")):
        sys.exit("embed: manifest: id is 1..31 bytes of [a-z0-9-]")
    if not re.fullmatch(r"\d{1,5}\.\d{1,5}\.\d{1,5}", manifest.get("version", "")):
        sys.exit('embed: manifest: version is three numbers such as "1.2.3"')
    missing = [key for key in ("en", "fr", "ar") if not manifest.get("title", {}).get(key)]
    if missing:
        sys.exit(f"embed: manifest: title lacks {', '.join(missing)}")
    if not manifest.get("license"):
        sys.exit("embed: manifest: license is missing")


def section(name, symbol, data):
    numbers = [str(byte) for byte in data]
    lines = [",".join(numbers[at : at + 24]) for at in range(0, len(numbers), 24)]
    return ROW.format(section=name, name=symbol, size=len(data), bytes=",\n".join(lines))


def main(output, manifest_file, config_file, schemas):
    include = f"-I{schemas}"
    manifest = json.loads(capnp("eval", include, "-ojson", manifest_file, "manifest"))
    check(manifest)
    text = section(".sanad.manifest", "sanad_manifest",
                   capnp("eval", include, "-b", manifest_file, "manifest"))
    text += section(".sanad.config", "sanad_config_schema",
                    capnp("compile", include, "-o-", config_file))
    hidden = '__attribute__((visibility("hidden"))) const char'
    text += f'{hidden} sanad_manifest_id[] = "{manifest["id"]}";\n'
    text += f'{hidden} sanad_manifest_version[] = "{manifest["version"]}";\n'
    with open(output, "w", encoding="ascii") as file:
        file.write("/* Made by embed.py from the plugin's manifest. */" + text)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
