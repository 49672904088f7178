#!/usr/bin/env python3
"""Fails when a threat has no test: threats_test.py BUILD_FOLDER threats.tsv

Every row of the table must name a test program that the build knows and, unless the program is the test, a test that is
in it. A row that says `missing` is printed. Each id below must be there, with at least one test."""
import json
import pathlib
import subprocess
import sys

IDS = {"T02", "T03", "T05", "T06", "T07", "T08", "T09", "T14", "T15", "T17", "T18", "integrity", "order", "directory", "access", "channels", "parsing",
       "time", "faults", "meaning"}


def programs(build):
    """name of a test -> its program."""
    shown = subprocess.run(["meson", "introspect", "--tests", str(build)], stdout=subprocess.PIPE, check=True)
    return {test["name"]: test["cmd"][0] for test in json.loads(shown.stdout)}


def names_in(program):
    # Catch2 ends with the number of tests as its exit code.
    shown = subprocess.run([program, "--list-test-names-only"], stdout=subprocess.PIPE, text=True, check=False)
    return {line.strip() for line in shown.stdout.splitlines()}


def complaints(build, table):
    known, listed, shown = programs(build), {}, set()
    for number, line in enumerate(table.read_text("utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        row = line.split("\t")
        here = f"{table.name}:{number}: "
        if len(row) != 4 or not all(row):
            yield here + "not four columns"
            continue
        threat, case, program, name = row
        if threat not in IDS:
            yield f"{here}no such threat: {threat}"
        if program == "missing":
            print(f"missing: {threat}: {case}")
        elif program not in known:
            yield f"{here}no such test: {program}"
        elif name == "-" and program.startswith("unit-"):
            yield f"{here}which test of {program}?"
        elif name != "-" and name not in listed.setdefault(program, names_in(known[program])):
            yield f"{here}{program} has no test: {name}"
        else:
            shown.add(threat)
    yield from (f"{table.name}: nothing tests {threat}" for threat in sorted(IDS - shown))


if __name__ == "__main__":
    found = list(complaints(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
    print("\n".join(found) or "threats: ok")
    sys.exit(1 if found else 0)
