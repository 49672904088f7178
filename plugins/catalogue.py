#!/usr/bin/env python3
"""Writes CATALOGUE.md, the plugins that come with Sanad, from their manifests: catalogue.py SDK_SCHEMAS [--check]

With --check it writes nothing, and fails when the page is not what the manifests say. A permission that this file cannot
explain is a mistake: whoever installs a plugin shall read what it may do."""
import json
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
PAGE = FOLDER / "CATALOGUE.md"
KINDS = {"channel": "Channels", "partner": "Partners", "storage": "Storage", "desk": "Desks", "assist": "Assistants"}
START = """# The plugins that come with Sanad

Made from the manifests by `plugins/catalogue.py`; a test fails when it is stale. A manifest asks; what a plugin gets is that,
or less where `grants` of its table in `node.toml` has fewer. What runs in a process of its own opens nothing: the node opens
sockets and files for it, at what the plugin's own settings name, and at nothing else; one that asks for `net.own` makes
sockets as well.
"""
MEANINGS = {
    "inbound.submit": "brings in what people write, and reads their conversations with it again",
    "outbound.deliver": "gets what the helpline answers in its own conversations",
    "partner.view": "reads again what a person chose to disclose to this partner",
    "partner.status": "says what the partner makes of a matter",
    "calls.route": "asks whose telephone to ring for a caller, says what became of it, and checks devices' passwords",
    "net.own": "makes sockets of its own, UDP and TCP: the node cannot open them one by one, because media ports are agreed "
               "on call by call",
    "session.proxy": "passes on what people ask who have signed in at it; it may do nothing by itself",
    "file:system-trust": "reads the authorities that this machine trusts",
}
PREFIXES = {
    "net.listen:": "listens at the address and port of the settings `{0}Address` and `{0}Port`",
    "net.connect:": "connects to the place of the setting `{0}`",
    "secret:": "reads the file of the setting `{0}`, which only its owner may read",
    "kv:": "keeps at most {0} bytes of its own on the node's disk, never what a person wrote",
    "file:": "reads the file of the setting `{0}`",
    "folder:": "reads the files in the folder of the setting `{0}`",
}


def meaning(grant):
    if grant in MEANINGS:
        return MEANINGS[grant]
    for prefix, text in PREFIXES.items():
        if grant.startswith(prefix):
            return text.format(grant[len(prefix):])
    sys.exit(f"catalogue: no words for the permission {grant}: add them to MEANINGS")


def manifest_of(path, schemas):
    run = subprocess.run(["capnp", "eval", f"-I{schemas}", "-ojson", str(path), "manifest"], stdout=subprocess.PIPE,
                         check=True)
    return json.loads(run.stdout)


def entry(path, manifest):
    title = manifest["title"]
    lines = [f"### `{manifest['id']}` {manifest['version']}\n", f"{title['en']}.  ", f"{title['fr']}.  ",
             f"<span dir=\"rtl\" lang=\"ar\">{title['ar']}.</span>\n",
             f"Source: [{path.parent.relative_to(FOLDER)}]({path.parent.relative_to(FOLDER)}) · licence "
             f"{manifest['license']} · answers for it: {manifest.get('contact', 'nobody')}\n"]
    grants = manifest.get("grants", [])
    if not grants:
        return lines + ["It asks for no permission.\n"]
    return lines + ["| permission | it |", "|---|---|", *(f"| `{one}` | {meaning(one)} |" for one in grants), ""]


def page(schemas):
    found = [(path, manifest_of(path, schemas)) for path in sorted(FOLDER.glob("*/*/manifest.capnp"))]
    lines = [START]
    for kind, heading in KINDS.items():
        of_kind = [(path, manifest) for path, manifest in found if manifest["kind"] == kind]
        if of_kind:
            lines.append(f"## {heading}\n")
        for path, manifest in of_kind:
            lines += entry(path, manifest)
    lines.append("A storage plugin runs as a part of the node, opens its file or its connection by itself, and sees sealed "
                 "values only. All\nothers run in a process of their own. How to write one:\n"
                 "[Write a channel in fifteen minutes](../subprojects/sanad-sdk/docs/CHANNEL.md).\n")
    return "\n".join(lines)


def main(schemas, check=None):
    if not check:
        PAGE.write_text(page(schemas), "utf-8")
    elif PAGE.read_text("utf-8") != page(schemas):
        sys.exit("CATALOGUE.md is stale: run plugins/catalogue.py subprojects/sanad-sdk/schemas")
    else:
        print("catalogue: as the manifests say")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--check"]):
        sys.exit(__doc__)
    main(*sys.argv[1:])
