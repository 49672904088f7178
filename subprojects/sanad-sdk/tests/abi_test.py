#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a structure of the interface no longer has the layout that was released.

    abi_test.py CC INCLUDE ABI.c RELEASED.abi [--record]

Compares with abidiff of libabigail; without it the test is skipped. First the headers as they are; then changed copies,
to see that every change of a layout is noticed. A member at the end is allowed, and makes a new minor version: raise
SANAD_ABI_MINOR, run this with --record and the file plugin-1.MINOR.abi, and name that file in meson.build. The sizes in
sizes.c keep the members before it where they are."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
NOW = "    uint64_t (*now_ns)(void* ctx);\n"
LAST_OF_HOST = "    const void* (*get_extension)(void* ctx, const char* id); /* sanad/extensions.h; NULL: none */\n"
MAY = {
    "another comment": ("plugin.h", "/* at most 512 bytes */", "/* one line */"),
}
MAY_NOT = {
    "a member at the end": ("plugin.h", LAST_OF_HOST, LAST_OF_HOST + "    uint64_t (*wall_ms)(void* ctx);\n"),
    "a member in the middle": ("plugin.h", NOW, NOW + "    uint64_t (*wall_ms)(void* ctx);\n"),
    "a member that is gone": ("plugin.h", NOW, ""),
    "a member of another type": ("plugin.h", "    uint64_t deadline_ns;", "    int64_t deadline_ns;"),
    "a narrower member": ("plugin.h", "    uint64_t id;           /* unique", "    uint32_t id;           /* unique"),
    "two members that changed places": ("plugin.h", "    uint32_t n_fds, flags;", "    uint32_t flags, n_fds;"),
    "another argument of a function": ("store.h", "void (*abort)(sanad_txn* txn);", "void (*abort)(sanad_txn* txn, int why);"),
    "another result of a function": ("extensions.h", "sanad_status (*listen)", "void (*listen)"),
}


def build(compiler, include, source, library):
    subprocess.run([*compiler.split(), "-std=c11", "-g", "-shared", "-fPIC", f"-I{include}", "-o", library, source],
                   check=True)


def compare(released, library):
    """Whether the layouts are the same, and what differs."""
    run = subprocess.run(["abidiff", "--no-show-locs", "--no-architecture", "--harmless", released, library], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return run.returncode == 0, run.stdout.strip()


def changed(compiler, include, source, released, change):
    name, old, new = change
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder, "include")
        shutil.copytree(include, copy)
        header = copy / "sanad" / name
        text = header.read_text("utf-8")
        if text.count(old) != 1:
            return None, "its place in the header is gone: correct this test"
        header.write_text(text.replace(old, new), "utf-8")
        build(compiler, copy, source, f"{folder}/abi.so")
        return compare(released, f"{folder}/abi.so")


def main(compiler, include, source, released, record=None):
    if not shutil.which("abidiff") or not shutil.which("abidw"):
        print("abidiff is not installed: apt-get install abigail-tools")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/abi.so"
        build(compiler, include, source, library)
        if record:
            subprocess.run(["abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-architecture", "--out-file", released,
                            library], check=True)
            return 0
        same, said = compare(released, library)
    wrong = [] if same else [f"the interface differs from {released}:\n{said}"]
    for changes, allowed in ((MAY, True), (MAY_NOT, False)):
        for what, change in changes.items():
            same, said = changed(compiler, include, source, released, change)
            if same != allowed:
                wrong.append(f"{what}: {said or 'not noticed'}")
    print("\n".join(wrong) or f"abi: the same; {len(MAY)} changes may be made, {len(MAY_NOT)} are noticed")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6) or sys.argv[5:] not in ([], ["--record"]):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
