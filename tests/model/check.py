#!/usr/bin/env python3
"""Lets spin check a model: check.py MODEL.pml --folder FOLDER [--liveness] [--mutant NAME] [--table FILE]
    [--set NAME=NUMBER]

Ends with 0 when the model holds, with 1 when spin found a way to break it, and with 99 (which Meson takes for an error
even where a failure is expected) when it could not be decided. FOLDER is where the verifier is built and run; FILE is a table that the
model includes."""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

SECONDS_MAX = 100
MEMORY_MIB_MAX = 1024


def run(folder, *command):
    try:
        return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=SECONDS_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as problem:
        print(f"check: {command[0]}: {problem}")
        sys.exit(99)


def must(folder, *command):
    done = run(folder, *command)
    if done.returncode != 0:
        print(f"check: {' '.join(command)} failed:\n{done.stdout}")
        sys.exit(99)


def main():
    wish = argparse.ArgumentParser()
    wish.add_argument("model", type=pathlib.Path)
    wish.add_argument("--folder", type=pathlib.Path, required=True)
    wish.add_argument("--liveness", action="store_true")
    wish.add_argument("--mutant")
    wish.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER")
    wish.add_argument("--table", type=pathlib.Path)
    wish = wish.parse_args()
    folder = wish.folder / f"{wish.model.stem}-{wish.mutant or 'true'}-{'live' if wish.liveness else 'safe'}"
    defined = ([f"MUTANT_{wish.mutant}"] if wish.mutant else []) + (["LIVENESS"] if wish.liveness else [])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.pml").write_text(
        "".join(f"#define {name}\n" for name in defined) +
        "".join("#define " + wanted.replace("=", " ") + "\n" for wanted in wish.set) + wish.model.read_text("utf-8"), "utf-8")
    if wish.mutant and f"MUTANT_{wish.mutant}\n" not in wish.model.read_text("utf-8"):
        print(f"check: {wish.model.name} has no mutant {wish.mutant}")
        sys.exit(99)
    if wish.table:
        shutil.copy(wish.table, folder)
    (folder / "model.pml.trail").unlink(missing_ok=True)
    must(folder, "spin", "-a", "model.pml")
    # Without a claim, safety alone: assertions and ends that are none.
    kind = [] if wish.liveness else ["-DSAFETY", "-DNOCLAIM"]
    optimise = "-O1" if wish.mutant else "-O2"  # a mistake is found before a better verifier is built
    must(folder, "gcc", optimise, "-w", f"-DMEMLIM={MEMORY_MIB_MAX}", *kind, "-o", "pan", "pan.c")
    done = run(folder, "./pan", *(["-a", "-f"] if wish.liveness else []), "-m200000")
    found = re.search(r"errors: (\d+)", done.stdout)
    states = re.search(r"(\d[\d.e+]*) states, stored", done.stdout)
    print("\n".join(line for line in done.stdout.splitlines() if "pan:" in line or "errors:" in line or "stored" in line))
    if not found or not states or "Search not completed" in done.stdout and found.group(1) == "0":
        print(done.stdout)
        sys.exit(99)
    if "max search depth too small" in done.stdout:
        sys.exit(99)
    if found.group(1) != "0":
        print(f"how it breaks: cd {folder} && spin -t -p -g model.pml")
        sys.exit(1)


if __name__ == "__main__":
    main()
