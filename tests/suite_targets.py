#!/usr/bin/env python3
"""Prints the ninja targets that the tests of one suite run or load: suite_targets.py BUILD SUITE."""
import json
import os
import subprocess
import sys

build, suite = os.path.abspath(sys.argv[1]), sys.argv[2]


def introspect(what):
    return json.loads(subprocess.check_output(["meson", "introspect", what, build]))


files = {target["id"]: target["filename"] for target in introspect("--targets")}
wanted = set()
for test in introspect("--tests"):
    if any(name.split(":")[-1] == suite for name in test["suite"]):
        wanted.update(word for word in test["cmd"] if word.startswith(build + os.sep))
        wanted.update(name for depended in test["depends"] for name in files[depended])
known = {name for names in files.values() for name in names}
print("\n".join(sorted(os.path.relpath(name, build) for name in wanted & known)))
