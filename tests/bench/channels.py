#!/usr/bin/env python3
"""What calls and mails cost, one JSON line: channels.py --build BUILD. Root, because sipp and the mail server want it."""
import argparse
import pathlib
import subprocess
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--build", type=pathlib.Path, default="build", help="where the built programs are")
given = parser.parse_args()
sys.exit(subprocess.run(["node", pathlib.Path(__file__).with_name("channels.mjs"), given.build.resolve()], check=False).returncode)
