#!/usr/bin/env python3
"""What the pages cost whoever opens them, one JSON line each: first paint of the child's page on a slow line (web_child),
sizes, from a child's page to the desk, the desk's frames with a short and a long queue, a long conversation (web), and the
memory of idle chats (web_idle): web.py --build BUILD [--only NAME]"""
import argparse
import pathlib
import subprocess
import sys

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--build", type=pathlib.Path, default="build", help="where the built programs are")
parser.add_argument("--only", choices=["web_child", "web", "web_idle"])
given = parser.parse_args()
here = pathlib.Path(__file__).resolve().parent
build = given.build.resolve()
runs = {
    "web_child": [build / "tests/browser/webchat-host", build / "plugins/channels/webchat/webchat.so"],
    "web": [build],
    "web_idle": [build],
}
for name, words in runs.items():
    if given.only in (None, name):
        ran = subprocess.run(["node", here / f"{name}.mjs", *words], check=False)
        if ran.returncode != 0:
            sys.exit(ran.returncode)
