#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when the schema can no longer be read together with the one that was released.

    schema_pair_test.py SCHEMA_PAIR PLUGIN.capnp RELEASED.bin

First the schema as it is; then changed copies of it, to see that the gate opens for what may come and shuts for what
may not. `capnp compile -o- --src-prefix=schemas schemas/sanad/plugin.capnp > released/plugin-MAJOR.MINOR.bin` is how a
release is kept."""
import pathlib
import re
import subprocess
import sys
import tempfile

LAST_OF_SUBMIT = "  setAside @6 :Bool;      # of a new conversation: perhaps nobody in need, so it waits behind all others\n"
MAY = {
    "a field at the end": (LAST_OF_SUBMIT, LAST_OF_SUBMIT + "  urgent @7 :Bool;\n"),
    "a word at the end of a list of words": ("assist @4; }", "assist @4; telephone @5; }"),
    "another name of a field": ("  duplicate @1 :Bool; ", "  known @1 :Bool; "),
    "a new struct": ("struct Typing {", "struct Waving @0x9d1f6a5c3e8b7024 { at @0 :Int64; }\nstruct Typing {"),
}
MAY_NOT = {
    "another type of a field": ("  key @1 :Data;           # 8..32", "  key @1 :Text;           # 8..32"),
    "another width of a number": ("  urgency @4 :UInt8; ", "  urgency @4 :UInt16;"),
    "a number used again": ("  conversation @0 :Data;\n  seq @1 :UInt64;\n", "  seq @0 :UInt64;\n  conversation @1 :Data;\n"),
    "a default that differs": ("  limit @2 :UInt32; ", "  limit @2 :UInt32 = 7; "),
    "a field that is gone": ("  note @3 :Text;            # at most 2,000 bytes, may be empty\n  by @4 :Text;              # how it came: \"callback\" or \"pickup\"\n", "  note @3 :Text;\n"),
    "a word that is gone": ("enum PartnerStatus { acknowledged @0; inProgress @1; completed @2; declined @3; }",
                            "enum PartnerStatus { acknowledged @0; inProgress @1; completed @2; }"),
    "a struct that is gone": ("struct Typing { conversation @0 :Data; }\n", ""),
    "another number of the file": ("@0xb7c1f04e2d9a6358;", "@0xb7c1f04e2d9a6359;"),
}


def check(pair, released, text):
    """Whether the pair holds, and what is said about it."""
    with tempfile.TemporaryDirectory() as folder:
        schema = pathlib.Path(folder, "sanad", "plugin.capnp")
        schema.parent.mkdir()
        schema.write_text(text, "utf-8")
        compiled = pathlib.Path(folder, "new.bin")
        with compiled.open("wb") as out:
            subprocess.run(["capnp", "compile", "-o-", f"--src-prefix={folder}", str(schema)], stdout=out, check=True)
        run = subprocess.run([pair, released, str(compiled)], stderr=subprocess.PIPE, text=True, check=False)
        return run.returncode == 0, run.stderr.strip()


def main(pair, schema, released):
    text = pathlib.Path(schema).read_text("utf-8")
    holds, said = check(pair, released, text)
    wrong = [] if holds else [f"the schema breaks with {released}:\n{said}"]
    for changes, allowed in ((MAY, True), (MAY_NOT, False)):
        for what, (old, new) in changes.items():
            if text.count(old) < 1:
                wrong.append(f"{what}: its place in the schema is gone: correct this test")
                continue
            holds, said = check(pair, released, re.sub(re.escape(old), lambda _: new, text, count=1))
            if holds != allowed:
                wrong.append(f"{what}: {'refused: ' + said if allowed else 'not noticed'}")
    print("\n".join(wrong) or f"schema: holds; {len(MAY)} changes may be made, {len(MAY_NOT)} are noticed")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
