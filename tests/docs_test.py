#!/usr/bin/env python3
"""Fails when a document names what is not there: docs_test.py SOURCE_ROOT

Checks every Markdown file of the tree: relative links and pictures lead to something, a path in
backquotes that begins with a folder of the tree exists, each `./dev` command in a block of commands is
one that `dev` knows, and no path is one of somebody's own machine. Each proof that the table of threats
in SECURITY.md names is a test. The service unit has the lines that make it a small target."""
import pathlib
import re
import sys

SKIPPED = {"node_modules", ".git", "build"}
FOLDERS = ("core/", "plugins/", "schemas/", "nodes/", "config/", "tests/", "subprojects/")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
QUOTED = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
DEV = re.compile(r"\./dev(?:[ \t]+([a-z]+))?")
# Homes, temporary folders, and paths out of the tree. /etc, /usr and /var are where a node lives.
FOREIGN = re.compile(r"(?<![\w.\-])(/(?:work|tmp|home|root|mnt|media|Users)(?:/|\b)[^\s`)]*|\.\./shared\b)")
UNIT = "config/systemd/sanad-node.service"
UNIT_LINES = {"NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateDevices=yes",
              "RestrictNamespaces=yes", "MemoryDenyWriteExecute=yes", "CapabilityBoundingSet=",
              "SystemCallFilter=@system-service", "LimitCORE=0", "UMask=0077", "StateDirectoryMode=0700"}


def documents(root):
    for path in sorted(root.rglob("*.md")):
        folders = path.relative_to(root).parts[:-1]
        if not any(part in SKIPPED or part.startswith("build") for part in folders):
            yield path


def commands_of(root):
    """What `case "$command" in` of dev handles."""
    text = (root / "dev").read_text("utf-8")
    arms = re.findall(r"^    ([a-z|\- ]+)\)", text, re.MULTILINE)
    return {name.strip() for arm in arms for name in arm.split("|")}


def missing_links(root, path, text):
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            continue
        if not (path.parent / target.split("#")[0]).exists():
            yield f"no such file: {target}"
    for quoted in QUOTED.findall(FENCE.sub("", text)):
        if not quoted.startswith(FOLDERS) or re.search(r"[\s*<>{}…]|XX", quoted):
            continue
        if not ((root / quoted.split(":")[0]).exists() or (path.parent / quoted).exists()):
            yield f"no such path: {quoted}"


def tests_of(root):
    """The names of the test programs, and every text in the tests that could be a test's name."""
    programs, names = {"sim-finds-early_ack"}, set()
    for path in (root / "tests").rglob("*"):
        if SKIPPED.intersection(path.parts) or path.suffix not in {".build", ".cpp", ".mjs"}:
            continue
        text = path.read_text("utf-8")
        if path.suffix == ".build":
            programs.update(re.findall(r"\btest\('([^']+)'", text))
        names.update(re.findall(r'"((?:[^"\\\n]|\\.)*)"', re.sub(r'"\s*\n\s*"', "", text)))
    return programs, names


def missing_proofs(root):
    programs, names = tests_of(root)
    rows = re.findall(r"^\|.*\|$", (root / "SECURITY.md").read_text("utf-8").split("## What a compromise")[0],
                      re.MULTILINE)
    for row in rows[2:]:
        proof = row.split("|")[-2]
        stated = re.findall(r"`([^`]+)`", proof)
        if not stated:
            yield f"nothing shows that this holds: {row.split('|')[1].strip()}"
        yield from (f"no such test program: {one}" for one in stated if one not in programs)
        yield from (f"no such test: {one}" for one in re.findall(r"\*([^*]+)\*", proof) if one not in names)


def complaints(root):
    yield from (f"SECURITY.md: {complaint}" for complaint in missing_proofs(root))
    known = commands_of(root)
    for path in documents(root):
        text = path.read_text("utf-8")
        name = path.relative_to(root).as_posix()
        for complaint in missing_links(root, path, text):
            yield f"{name}: {complaint}"
        # Commands stand in blocks and in backquotes; "./dev" in prose is just its name.
        for code in FENCE.findall(text) + QUOTED.findall(FENCE.sub("", text)):
            for command in DEV.findall(code):
                if command and command not in known:
                    yield f"{name}: ./dev does not know {command}"
        for found in FOREIGN.findall(text):
            yield f"{name}: a path of one machine: {found}"
    unit = (root / UNIT).read_text("utf-8").splitlines()
    for line in sorted(UNIT_LINES - set(unit)):
        yield f"{UNIT}: {line} is missing"


if __name__ == "__main__":
    found = list(complaints(pathlib.Path(sys.argv[1]).resolve()))
    print("\n".join(found) or "docs: ok")
    sys.exit(1 if found else 0)
