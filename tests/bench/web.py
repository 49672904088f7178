#!/usr/bin/env python3
"""What the pages cost whoever opens them: sizes, first paint on a slow line, a long conversation, a busy queue, and from a
child's page to the desk. Prints one JSON line: web.py --build BUILD"""
import argparse
import pathlib
import subprocess
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--build", type=pathlib.Path, default="build", help="where the built programs are")
given = parser.parse_args()
here = pathlib.Path(__file__).resolve().parent
sys.exit(subprocess.run(["node", str(here / "web.mjs"), str(given.build.resolve())]).returncode)
