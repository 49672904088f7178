"""The directory, as section 3.2 of schemas/PASSPORT.md says."""
import re

from flat_message import must
from signed_notes import Note, ed25519, is_box_key, is_label, is_signing_key, is_time, number, unbase64, verifier

BUNDLE = re.compile(r"identity:([^,]*),signing:([^,]*),sealing:([^,]*),transport:([^,]*),"
                    r"issued:([^,]*),signature:([^,]*)")
NODE = re.compile(r'node ([^ ]+) country=([A-Z]{2}) name="([^"]+)" languages=([^ ]+) services=([^ ]*) '
                  r"endpoints=([^ ]*) keys=([^ ]+) status=(active|revoked)")
HEAD = re.compile(r"sanad-directory/v1\nfederation ([^\n]+)\nversion ([^\n]+)\nissued ([^\n]+)\n"
                  r"expires ([^\n]+)\nthreshold ([^\n]+)\n")


def is_code(text, most, mark):
    return len(text) <= most and bool(re.fullmatch(f"[a-z0-9]([a-z0-9{mark}]*[a-z0-9])?", text))


def is_node_id(text):
    return 4 <= len(text) <= 31 and bool(re.fullmatch(r"[a-z]{2}\..+", text)) and is_code(text[3:], 28, "-")


def is_language(text, first="a-z"):
    return len(text) <= 35 and bool(re.fullmatch(f"[{first}]{{2,8}}(-[A-Za-z0-9]{{1,8}})*", text))


def is_number(text, most):
    return bool(re.fullmatch("0|[1-9][0-9]{0,4}", text)) and int(text) <= most


def is_host(text):
    if text.startswith("["):
        return 4 <= len(text) <= 47 and bool(re.fullmatch(r"\[[0-9a-f:.]*:[0-9a-f:.]*\]", text))
    labels = text.split(".")
    if re.fullmatch("[0-9]*", labels[-1]):
        return len(labels) == 4 and all(is_number(label, 255) for label in labels)
    return len(text) <= 253 and all(is_code(label, 63, "-") for label in labels)


def is_endpoint(text):
    found = re.fullmatch(r"tcp://(.+):([^:]+)", text)
    return len(text) <= 280 and bool(found) and is_host(found[1]) and is_number(found[2], 65535) and found[2] != "0"


def is_list(text, least, most, is_right):
    words = text.split(",") if text else []
    return least <= len(words) <= most and len(set(words)) == len(words) and all(is_right(word) for word in words)


def enough(note, keys, threshold):
    signers = note.signers(keys)
    must(threshold > 0 and len({key.public for key in signers}) >= threshold,
         f"directory: signed by {len({key.public for key in signers})} of {threshold}")
    return signers


class Directory:
    def __init__(self, text, trusted, threshold):
        note = Note(text)
        self.signers = [key.name for key in enough(note, trusted, threshold)]
        self.stewards, self.nodes, self.keys = [], {}, set()
        head = HEAD.match(note.text)
        must(head and is_code(head[1], 63, "-"), "directory: head")
        self.version = number(head[2], 1, 10 ** 12)
        must(is_time(head[3]) and is_time(head[4]) and head[3] < head[4], "directory: times")
        for line in note.text[head.end():].split("\n")[:-1]:
            if line.startswith("steward ") and not self.nodes:
                self.steward(verifier(line[len("steward "):]))
            else:
                self.node(line)
        must(len(self.stewards) <= 32 and len(self.nodes) <= 512, "directory: too many lines")
        own = number(head[5], 1, len(self.stewards))
        enough(note, self.stewards, own)

    def once(self, public):
        must(public not in self.keys, "directory: a key twice")
        self.keys.add(public)

    def steward(self, key):
        must(key.name not in {one.name for one in self.stewards}, "directory: steward")
        self.once(key.public)
        self.stewards.append(key)

    def node(self, line):
        found = NODE.fullmatch(line)
        must(found and is_node_id(found[1]) and found[1] not in self.nodes, "directory: a line")
        must(found[2] == found[1][:2].upper() and is_label(found[3], 128), "directory: country or name")
        must(is_list(found[4], 1, 16, is_language), "directory: languages")
        must(is_list(found[5], 0, 32, lambda word: is_code(word, 32, "_")), "directory: services")
        must(is_list(found[6], 0, 8, is_endpoint), "directory: endpoints")
        self.nodes[found[1]] = self.bundle(found[1], found[7])

    def bundle(self, node, text):
        """The signing key in it."""
        found = BUNDLE.fullmatch(text)
        must(found and is_time(found[5]), "directory: bundle")
        identity, signing, sealing, transport = (unbase64(found[i]) for i in (1, 2, 3, 4))
        must(is_signing_key(identity) and is_signing_key(signing), "directory: bundle")
        must(is_box_key(sealing) and is_box_key(transport), "directory: bundle")
        for public in (identity, signing, sealing, transport):
            self.once(public)
        said = f"sanad/key-bundle/v1\nnode {node}\n{text.split(',signature:')[0]}\n"
        must(ed25519(identity, said.encode(), unbase64(found[6])), "directory: keys of " + node)
        return signing
