"""Looking for what must not be there: words that people wrote and the address they wrote from."""
import dataclasses
import ipaddress
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess

from program import DemoError, until

PIECE_BYTES_MIN = 8  # shorter ones are found by chance
PLANTED_WORDS = "زرافة بنفسجية تعزف الناي"  # in nobody's story
CAPTURE_BUFFER_KIB = 16384


@dataclasses.dataclass(frozen=True)
class Needle:
    """Bytes to look for, and what they are when they are found."""

    content: bytes
    what: str


def needles_of(texts):
    """Each text whole and each word of it, in the encodings that a program might leave it in."""
    found = {}
    for text in texts:
        for piece in [text, *re.findall(r"[\w.]+", text)]:
            lower = json.dumps(piece)[1:-1]
            upper = re.sub(r"(?<=\\u)[0-9a-f]{4}", lambda digits: digits[0].upper(), lower)
            for name, content in (("UTF-8", piece.encode()), ("UTF-16LE", piece.encode("utf-16-le")),
                                  ("JSON", lower.encode()), ("JSON", upper.encode())):
                if len(content) >= PIECE_BYTES_MIN:
                    found.setdefault(content, Needle(content, f"{name} of {piece!r}"))
    return list(found.values())


def needles_of_address(address):
    """The address as text and as its four bytes in both orders. Four bytes stand in 1 MiB of random
    ones by chance once in two thousand runs: a hit names the file and the place."""
    raw = ipaddress.ip_address(address).packed
    return [Needle(address.encode(), "the address as text"),
            Needle(address.encode("utf-16-le"), "the address as UTF-16LE text"),
            Needle(raw.hex().encode(), "the address in hexadecimal"),
            Needle(raw, "the address in network order"),
            Needle(raw[::-1], "the address in host order")]


def hits_in(content, needles):
    return [needle for needle in needles if needle.content in content]


def search(paths, needles):
    """Every byte of every file below `paths`; returns a line for each needle in each file."""
    found = []
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not file.is_symlink():
                content = file.read_bytes()
                found += [f"{file} at {content.find(needle.content)}: {needle.what}"
                          for needle in hits_in(content, needles)]
    return found


def check_that_search_finds(folder: pathlib.Path, needles, workplace: pathlib.Path):
    """A search that finds nothing is worth nothing until it finds what was hidden in a copy."""
    copy = workplace / "planted"
    shutil.copytree(folder, copy, ignore=lambda at, names: [
        name for name in names if pathlib.Path(at, name).is_socket()])
    largest = max((file for file in copy.rglob("*") if file.is_file()),
                  key=lambda file: file.stat().st_size)
    content = largest.read_bytes()
    middle = len(content) // 2 + 3
    planted = b"\xa5".join(needle.content for needle in needles)
    largest.write_bytes(content[:middle] + planted + content[middle:])
    found = search([copy], needles)
    shutil.rmtree(copy)
    missed = [needle.what for needle in needles if not any(needle.what in line for line in found)]
    if missed:
        raise DemoError(f"the search does not find {missed[0]} in a copy: mend traces.py")


class Capture:
    """All that goes through one port of the loopback, from the moment this is made."""

    def __init__(self, file: pathlib.Path, port):
        program = shutil.which("tcpdump")
        if program is None:
            raise DemoError("tcpdump is not there: apt-get install tcpdump")
        self.file = file
        self._port = port
        self._log = file.with_suffix(".log")
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if prefix and not os.access(shutil.which("sudo") or "", os.X_OK):
            raise DemoError("capturing the loopback needs root, and there is no sudo: run it as root")
        with open(file, "wb") as out, open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [*prefix, program, "-i", "lo", "-s", "0", "-B", str(CAPTURE_BUFFER_KIB), "-U",
                 "--immediate-mode", "-w", "-", "tcp", "port", str(port)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=log)
        until("the capture of the loopback", self._listens)

    def _listens(self):
        said = self._log.read_text(errors="replace")
        if self._process.poll() is not None:
            line = said.strip().splitlines()[-1] if said.strip() else "no reason given"
            raise DemoError(f"tcpdump cannot capture the loopback ({line}): run it as root")
        return "listening on" in said

    def finish(self):
        """Sends planted words through the port, which must be free again; waits until they are in
        the capture, so that all before them is too; returns what was captured before them."""
        planted = needles_of([PLANTED_WORDS])
        before = self.file.stat().st_size
        with socket.create_server(("127.0.0.1", self._port)) as server:
            with socket.create_connection(("127.0.0.1", self._port)) as sender:
                with server.accept()[0]:
                    sender.sendall(b"\xa5".join(needle.content for needle in planted))
                    until("the planted words in the capture",
                          lambda: len(hits_in(self.file.read_bytes()[before:], planted))
                          == len(planted))
        self.stop()
        lost = re.search(r"(\d+) packets dropped by kernel", self._log.read_text())
        if lost is None or lost.group(1) != "0":
            raise DemoError("the capture lost packets: run it on a machine that is less busy")
        return self.file.read_bytes()

    def stop(self):
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait()
