#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes REFERENCE.md from the headers and the schema: reference.py [--check]

With --check it writes nothing, and fails when the page is not what the headers say."""
import pathlib
import re
import sys

SDK = pathlib.Path(__file__).resolve().parent.parent
PAGE = SDK / "docs" / "REFERENCE.md"
C_HEADERS = ("plugin.h", "methods.h", "extensions.h", "store.h")
CPP_HEADERS = ("plugin.hpp", "host.hpp", "opened.hpp", "loop.hpp", "values.hpp", "message.hpp", "fake_host.hpp",
               "fake_node.hpp", "fake_calls.hpp", "fake_desk.hpp", "fake_openings.hpp", "fake_values.hpp", "fake_loop.hpp")
SCHEMAS = ("plugin.capnp", "config.capnp")
START = """# Reference of the SDK

Made from the headers by `docs/reference.py`; a test fails when it is stale. How the parts play together is in
[THREADS.md](THREADS.md), and a first plugin in [CHANNEL.md](CHANNEL.md).
"""
BOILERPLATE = re.compile(r"^(#ifndef SANAD_|#define SANAD_\w+_H$|#ifdef __cplusplus|extern \"C\" \{|#endif|#include|\}$)")


def paragraphs(lines):
    """Top-level pieces between blank lines."""
    depth, piece = 0, []
    for line in lines:
        if line.strip() or depth > 0:
            piece.append(line)
        elif piece:
            yield piece
            piece = []
        depth += line.count("{") - line.count("}")
    if piece:
        yield piece


def prose(comment):
    """The text of a comment, of any kind."""
    lines = [re.sub(r"^\s*(/\*|\*/|\*|///?|#)? ?", "", line).replace("*/", "").rstrip() for line in comment]
    return "\n".join(line for line in lines if not line.startswith("SPDX-")).strip("\n")


def c_header(name):
    lines = (SDK / "include" / "sanad" / name).read_text("utf-8").splitlines()
    lines = [line for line in lines if not BOILERPLATE.match(line)]
    yield f"## `sanad/{name}`\n"
    for piece in paragraphs(lines):
        end = 0
        if piece[0].startswith("/*"):
            end = next(i for i, line in enumerate(piece) if "*/" in line) + 1
            yield prose(piece[:end]) + "\n"
        if piece[end:]:
            yield "```c\n" + "\n".join(piece[end:]) + "\n```\n"


def schema(name):
    lines = (SDK / "schemas" / "sanad" / name).read_text("utf-8").splitlines()
    yield f"## `sanad/{name}`\n"
    start = next(i for i, line in enumerate(lines) if line.startswith("# "))
    for piece in paragraphs(line for line in lines[start:] if not line.startswith("$import")):
        heading = re.match(r"# -+ (.*)", piece[0])
        if heading:
            yield f"### {heading.group(1)}\n"
            piece = piece[1:]
        if piece and all(line.startswith("#") for line in piece):
            text, _, example = prose(piece).partition("\n\n    ")
            yield text + "\n"
            if example:
                yield "```capnp\n" + re.sub(r"^ {4}", "", example, flags=re.MULTILINE) + "\n```\n"
        elif piece:
            yield "```capnp\n" + "\n".join(piece) + "\n```\n"


def signature(lines):
    """A declaration without its body, on one line."""
    text = " ".join(line.strip() for line in lines)
    if text.startswith("#define"):
        return text.split("\\")[0].strip()
    text = re.split(r"\s*[{;]", text.replace(" = {}", ""))[0]
    text = re.sub(r"\) : \w+[({].*$", ")", text)
    return re.sub(r"\s+", " ", text).strip()


def declarations(lines):
    """(class, documentation, declaration) of what has a `///` above it, and of each class."""
    scopes, depth, doc = [], 0, []
    i = 0
    while i < len(lines):
        line = lines[i]
        text = line.strip()
        if text.startswith("///"):
            doc.append(line)
        elif text and (doc or re.match(r"(class|struct) \w+[^;]*\{", text)) and not text.startswith("//"):
            piece = [line]
            while not re.search(r"[{;]|\)$", re.sub(r"//.*", "", piece[-1])) and i + 1 < len(lines):
                i += 1
                piece.append(lines[i])
            yield (scopes[-1][0] if scopes else ""), prose(doc), signature(piece)
            doc = []
            line = " ".join(re.sub(r"//.*", "", part) for part in piece)
        else:
            doc = doc if text.startswith("template") else []
        found = re.match(r"\s*(?:template <[^>]*>\s*)?(?:class|struct) (?:\[\[\w+\]\] )?(\w+)[^;(]*\{", line)
        code = re.sub(r'"(\\.|[^"])*"|//.*', "", line)
        if found and not scopes and code.count("{") > code.count("}"):
            scopes.append((found.group(1), depth))
        depth += code.count("{") - code.count("}")
        while scopes and depth <= scopes[-1][1]:
            scopes.pop()
        i += 1


def cpp_header(name):
    lines = (SDK / "include" / "sanad" / name).read_text("utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("namespace sanad"))
    start = at
    while lines[start - 1].startswith("//"):
        start -= 1
    yield f"## `sanad/{name}`\n"
    intro = prose(lines[start:at])
    if intro:
        text, _, example = intro.partition("\n\n")
        yield text + "\n"
        if example:
            yield "```cpp\n" + re.sub(r"^ {4}", "", example, flags=re.MULTILINE) + "\n```\n"
    hidden = False
    kept = []
    for line in lines[at:]:  # what an author never meets
        if re.match(r"namespace detail \{", line):
            hidden = True
        if re.match(r"(private|protected):", line.strip()) and name != "plugin.hpp":
            hidden = True
        if line.strip() in ("public:", "};", "}", "}  // namespace detail"):
            hidden = False
        if not hidden:
            kept.append(line)
    for scope, doc, declaration in declarations(kept):
        if not doc:
            continue
        owner = f"{scope}: " if scope and not declaration.startswith(("class", "struct", "template")) else ""
        yield f"### `{owner}{declaration}`\n\n{doc}\n"


def forgotten():
    """Headers that the page does not name."""
    there = {path.name for path in (SDK / "include" / "sanad").iterdir()}
    return sorted(there - {*C_HEADERS, *CPP_HEADERS})


def page():
    parts = [START]
    parts += ["# In C\n"] + [part for name in C_HEADERS for part in c_header(name)]
    parts += ["# The messages and the settings\n"] + [part for name in SCHEMAS for part in schema(name)]
    parts += ["# In C++\n"] + [part for name in CPP_HEADERS for part in cpp_header(name)]
    return "\n".join(parts)


if __name__ == "__main__":
    if forgotten():
        sys.exit(f"reference.py knows nothing of {', '.join(forgotten())}: name them there")
    if sys.argv[1:] == ["--check"]:
        if PAGE.read_text("utf-8") != page():
            sys.exit(f"{PAGE.name} is stale: run docs/reference.py of the SDK")
        print("reference: as the headers say")
    elif len(sys.argv) == 1:
        PAGE.write_text(page(), "utf-8")
    else:
        sys.exit(__doc__)
