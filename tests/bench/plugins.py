#!/usr/bin/env python3
"""What it costs to run plugins apart: calls, starts, restarts, memory. Prints one JSON line; fails
over the limits below, which leave room for a busy machine."""
import argparse
import json
import pathlib
import subprocess
import sys

LIMITS = {"no_op_ns": 50, "isolated_us.p99": 250, "restart_ms.p50": 100, "host_pss_kib": 4096}

parser = argparse.ArgumentParser()
parser.add_argument("--build", required=True)
build = pathlib.Path(parser.parse_args().build).resolve()

ran = subprocess.run([build / "tests/bench/plugins"], stdout=subprocess.PIPE, check=True, text=True)
found = json.loads(ran.stdout)
over = []
for name, limit in LIMITS.items():
    value = found
    for part in name.split("."):
        value = value[part]
    if value > limit:
        over.append(f"{name} is {value}, more than {limit}")
print(json.dumps(found))
if over:
    sys.exit("plugins: " + "; ".join(over))
