#!/usr/bin/env python3
"""Morocco and Tunisia on one machine: a young person writes, Tunisia takes the referral, an
organisation gets the escalation. `./dev demo` runs this; see --help."""
import argparse
import pathlib
import signal
import subprocess
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is

from program import DemoError, say  # noqa: E402
from helplines import SOURCE, Programs  # noqa: E402


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt(*_):
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # a second one must not break off the cleaning up
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=SOURCE / "build",
                        help="where the built programs are")
    parser.add_argument("--check", action="store_true",
                        help="play the story without a person; the last line is one JSON object")
    parser.add_argument("--folder", type=pathlib.Path, default=SOURCE / ".cache/demo",
                        help="where the two nodes live between runs")
    parser.add_argument("--fresh", action="store_true", help="throw that folder away first")
    parser.add_argument("--keep", action="store_true", help="with --check: keep its folder")
    parser.add_argument("--store", choices=("lmdb", "postgres"), default="lmdb",
                        help="with --check: what both nodes keep their stores in; postgres starts a "
                        "server of its own")
    parser.add_argument("--picture", type=pathlib.Path,
                        help="with --check: a picture of the conversation, as PNG")
    given = parser.parse_args()
    for number in SIGNALS:
        signal.signal(number, interrupt)
    if given.store != "lmdb" and not given.check:
        parser.error("--store is for --check: a server of its own does not outlive the run")
    programs = Programs(given.build.resolve(), given.store)
    try:
        programs.check()
        if given.check:
            from check import check
            return check(programs, given.picture and given.picture.resolve(), given.keep)
        from guide import guide
        return guide(programs, given.folder.resolve(), given.fresh)
    except DemoError as error:
        say(f"demo: {str(error).removeprefix('sanad: ')}")
        return 1
    except subprocess.TimeoutExpired as error:
        say(f"demo: {error.cmd[0]} does not answer: look at the logs, or run it again")
        return 1
    except OSError as error:
        say(f"demo: {error.filename or 'the system'}: {error.strerror}: run it as the user whose it "
            "is, with space on the disk")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
