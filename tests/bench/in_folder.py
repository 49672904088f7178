"""Runs a benchmark between nodes in a folder of its own beside the build, on the same disk."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile


def run(program):
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    build = pathlib.Path(parser.parse_args().build).resolve()
    root = pathlib.Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as work:
        os.chmod(work, 0o700)
        ran = subprocess.run([build / "tests/bench" / program, build / "nodes/daemon/sanad-node", build / "share",
                              build / "plugins/storage/lmdb", work], cwd=root)
    sys.exit(ran.returncode)
