#!/usr/bin/env python3
"""Checks a passport: by_the_page.py PASSPORT STEWARDS THRESHOLD

Written from schemas/PASSPORT.md alone; the numbers in the comments are its sections. The two primitives
that Python has not come from libsodium. Ends with 0 and one JSON object, or with 1 and a reason."""
import base64
import ctypes
import ctypes.util
import datetime
import hashlib
import json
import re
import struct
import sys

from flat_message import NotValid, message, must

SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
SODIUM.sodium_init()
KINDS = dict(enumerate(
    "request information withdraw expire enter_in_error confirm close_unconfirmed erase review ask accept "
    "decline redirect start hold resume complete not_complete withdraw_ok erased held note".split(), 4))
LAST_MS = 253402300799000


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def ed25519(public_key, text, signature):
    must(len(signature) == 64, "signature length")
    return SODIUM.crypto_sign_ed25519_verify_detached(
        signature, text, ctypes.c_ulonglong(len(text)), public_key) == 0


def decrypt(key, nonce, associated, sealed):
    must(len(sealed) >= 16, "sealed length")
    plain = ctypes.create_string_buffer(max(1, len(sealed) - 16))
    bad = SODIUM.crypto_aead_xchacha20poly1305_ietf_decrypt(
        plain, None, None, sealed, ctypes.c_ulonglong(len(sealed)), associated,
        ctypes.c_ulonglong(len(associated)), nonce, key)
    must(bad == 0, "entry does not open")
    return plain.raw[:len(sealed) - 16]


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise NotValid("base64") from None
    must(base64.b64encode(data).decode() == text, "base64 in another form")
    return data


class Key:  # 2
    def __init__(self, name, kind, public):
        self.name, self.kind, self.public = name, kind, public
        self.id = sha256(name.encode(), b"\n", bytes([kind]), public)[:4]


def verifier(text):
    name, key_id, encoded = text.split("+", 2)
    data = unbase64(encoded)
    key = Key(name, data[0], data[1:])
    must(key.id.hex() == key_id and len(key.public) == 32, "verifier string")
    return key


class Note:
    def __init__(self, text):
        end = text.rfind("\n\n")
        must(end >= 0 and text.endswith("\n"), "note without signatures")
        self.text, self.signatures = text[:end + 1], []
        must(not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", self.text), "control character in a note")
        must(not self.text.startswith("cosignature/v1"), "text of a cosignature")
        for line in text[end + 2:-1].split("\n"):
            found = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)", line)
            must(found, "signature line")
            data = unbase64(found[2])
            must(len(data) > 4, "signature line")
            self.signatures.append((found[1], data[:4], data[4:]))

    def signers(self, keys):
        good = []
        for name, key_id, signature in self.signatures:
            named = [key for key in keys if (key.name, key.id) == (name, key_id)]
            for key in named:
                must(self.verifies(key, signature), "a bad signature in the name of " + name)
                good.append(key)
        must(good, "nobody whom you know has signed")
        return good

    def verifies(self, key, signature):
        if key.kind == 1:
            return len(signature) == 64 and ed25519(key.public, self.text.encode(), signature)
        must(len(signature) == 72, "cosignature length")
        seconds = int.from_bytes(signature[:8], "big")
        said = f"cosignature/v1\ntime {seconds}\n{self.text}"
        return ed25519(key.public, said.encode(), signature[8:])


def is_time(text):
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)) and bool(
            datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        return False


def is_node_id(text):
    return 4 <= len(text) <= 31 and re.fullmatch(r"[a-z]{2}\.[a-z0-9]([a-z0-9-]*[a-z0-9])?", text)


def enough(note, keys, threshold):
    signers = note.signers(keys)
    must(threshold > 0 and len({key.public for key in signers}) >= threshold,
         f"directory: signed by {len({key.public for key in signers})} of {threshold}")
    return signers


BUNDLE = re.compile(r"identity:([^,]*),signing:([^,]*),sealing:([^,]*),transport:([^,]*),"
                    r"issued:([^,]*),signature:([^,]*)")
NODE = re.compile(r'node (\S+) country=(\S+) name="([^"]+)" languages=(\S+) services=(\S*) '
                  r"endpoints=(\S*) keys=(\S+) status=(active|revoked)")
HEAD = re.compile(r"sanad-directory/v1\nfederation ([a-z0-9-]+)\nversion ([1-9]\d*)\nissued (\S+)\n"
                  r"expires (\S+)\nthreshold ([1-9]\d*)\n")


def directory(text, trusted, threshold):  # 3.2
    note = Note(text)
    signers = enough(note, trusted, threshold)
    head = HEAD.match(note.text)
    must(head and is_time(head[3]) and is_time(head[4]) and head[3] < head[4], "directory: head")
    lines = note.text[head.end():].split("\n")[:-1]
    stewards, nodes, keys = [], {}, set()
    for line in lines:
        if line.startswith("steward ") and not nodes:
            key = verifier(line[len("steward "):])
            must(key.kind == 1 and key.name not in {one.name for one in stewards}, "directory: steward")
            must(key.public not in keys, "directory: a key twice")
            keys.add(key.public)
            stewards.append(key)
            continue
        found = NODE.fullmatch(line)
        must(found and is_node_id(found[1]) and found[1] not in nodes, "directory: a line")
        must(found[2] == found[1][:2].upper(), "directory: country")
        bundle = BUNDLE.fullmatch(found[7])
        must(bundle and is_time(bundle[5]), "directory: bundle")
        publics = [unbase64(bundle[i]) for i in (1, 2, 3, 4)]
        must(all(len(public) == 32 for public in publics), "directory: bundle")
        for public in publics:
            must(public not in keys, "directory: a key twice")
            keys.add(public)
        said = f"sanad/key-bundle/v1\nnode {found[1]}\n{found[7].split(',signature:')[0]}\n"
        must(ed25519(publics[0], said.encode(), unbase64(bundle[6])), "directory: keys of " + found[1])
        nodes[found[1]] = publics[1]
    must(1 <= int(head[5]) <= len(stewards), "directory: threshold")
    enough(note, stewards, int(head[5]))
    return int(head[2]), nodes, [key.name for key in signers]


def node_hash(left, right):  # 3.6
    return sha256(b"\x01", left, right)


def digests(data):
    must(len(data) % 32 == 0 and len(data) <= 64 * 32, "proof length")
    return [data[i:i + 32] for i in range(0, len(data), 32)]


def check_inclusion(leaf, index, size, root, proof):
    must(index < size, "behind the end of its log")
    f, s, r = index, size - 1, leaf
    for p in proof:
        must(s != 0, "proof too long")
        if f & 1 or f == s:
            r = node_hash(p, r)
            while not f & 1 and f:
                f, s = f >> 1, s >> 1
        else:
            r = node_hash(r, p)
        f, s = f >> 1, s >> 1
    must(s == 0 and r == root, "not in its log")


def check_consistency(m, a_root, n, b_root, proof):
    must(m < n, "the written head is not newer")
    if m == 0:
        must(not proof and a_root == sha256(), "extension")
        return
    if m & (m - 1) == 0:
        proof = [a_root, *proof]
    must(proof, "extension")
    f, s = m - 1, n - 1
    while f & 1:
        f, s = f >> 1, s >> 1
    a = b = proof[0]
    for c in proof[1:]:
        must(s != 0, "extension too long")
        if f & 1 or f == s:
            a, b = node_hash(c, a), node_hash(c, b)
            while not f & 1 and f:
                f, s = f >> 1, s >> 1
        else:
            b = node_hash(b, c)
        f, s = f >> 1, s >> 1
    must(s == 0 and a == a_root and b == b_root, "the log was rewritten")


def head(text, origin, keys):  # 3.4
    must(len(text.encode()) <= 4096, "head length")
    note = Note(text)
    found = re.fullmatch(r"(.+)\n(0|[1-9]\d{0,15})\n(.+)\n", note.text)
    must(found and found[1] == origin, "a head of another log")
    root = unbase64(found[3])
    must(len(root) == 32, "root length")
    for key in keys:
        note.signers([key])
    return int(found[2]), root


def read_log(from_, ids, signing):
    writer, lane = from_.number("H", 0), from_.number("H", 2)
    must(writer in (1, 2) and lane in (0, 1), "side or lane")
    reader = 3 - writer
    origin = f"sanad/{ids[writer]}/{ids[reader]}/{('normal', 'urgent')[lane]}"
    by_writer = Key(ids[writer], 1, signing[writer])
    by_reader = Key(ids[reader], 4, signing[reader])
    receipted, written = from_.text(0), from_.text(1)
    extension = digests(from_.data(2))
    must(receipted or written, "no head")
    log = {"writer": writer, "origin": origin,
           "receipted": head(receipted, origin, [by_writer, by_reader]) if receipted else None,
           "written": head(written, origin, [by_writer]) if written else None}
    if receipted and written:
        check_consistency(*log["receipted"], *log["written"], extension)
    else:
        must(not extension, "extension of nothing")
    return log


def open_entry(entry, key, origin, index, referral):  # 3.7
    must(len(entry) <= 131328, "entry length")
    outer = message(entry)
    must(len(outer.data(0)) == 16 and outer.number("H", 8) == 0, "not a sealed entry")
    sealed = outer.data(1)
    commitment = sealed[:32]
    must(commitment == sha256(key), "commitment")
    associated = origin.encode() + b"\0" + struct.pack(">Q", index) + b"\0\1" + commitment
    padded = decrypt(key, sealed[32:56], associated, sealed[56:]).rstrip(b"\0")
    must(padded.endswith(b"\x80"), "padding")
    body = message(padded[:-1])
    must(body.number("H", 0) == 1 and body.data(0) == referral, "of something else")
    payload = body.data(1)
    must(len(payload) <= 131072, "payload length")
    return message(payload)


def said_in(event, number, referral):  # 3.7, 3.8
    kind, at = event.number("H", 16), event.number("q", 8)
    reason, text = event.text(1), event.text(2)
    must(event.data(0) == referral and event.number("I", 0) == number, "of another place")
    must(0 <= at <= LAST_MS, "time")
    must(kind in KINDS, "kind")
    must(bool(reason) == (kind in (6, 9, 15, 16, 20, 21, 24)), "reason")
    must(not reason or re.fullmatch(r"[A-Za-z0-9._-]{1,64}", reason), "reason")
    must(len(text.encode()) <= 16384, "text")
    must(not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text), "text")
    must(text or kind not in (5, 13, 25), "no text")
    must((event.pointer(3) is not None) == (kind == 4), "request")
    return {"kind": KINDS[kind], "atMs": at, "text": text, "seen": event.number("I", 4)}


def read_event(from_, logs, before, referral):  # 3.5
    place, number, index = from_.number("B", 0), from_.number("I", 4), from_.number("Q", 8)
    must(place < len(logs), "of no log")
    log = logs[place]
    side = log["writer"]
    must(before or side == 1, "the first is not the asker's")
    must(not before or before[-1]["side"] <= side, "out of order")
    must(number == sum(one["side"] == side for one in before), "an event is missing")
    must(all(one["index"] < index for one in before if one["log"] == place), "out of its log's order")
    entry, key, leaf = from_.data(0), from_.data(1), from_.data(2)
    must((len(key), len(leaf)) == ((32, 0) if entry else (0, 32)), "entry, key, leaf")
    receipted = log["receipted"] is not None and index < log["receipted"][0]
    use = log["receipted"] if receipted else log["written"]
    must(use is not None, "behind the end of its log")
    check_inclusion(sha256(b"\0", entry) if entry else leaf, index, *use, digests(from_.data(3)))
    event = {"side": side, "log": place, "index": index, "receipted": receipted, "said": None}
    if entry:
        opened = open_entry(entry, key, log["origin"], index, referral)
        event["said"] = said_in(opened, number, referral)
    return event


def check_whole(events):  # 3.9
    first = events[0]["said"]
    must(first is None or first["kind"] == "request", "does not begin with a request")
    for side in (1, 2):
        others = sum(one["side"] != side for one in events)
        seen = [one["said"]["seen"] for one in events if one["side"] == side and one["said"]]
        must(all(number <= min(others, 1000) for number in seen), "an event is missing")
        must(seen == sorted(seen), "somebody forgets")


def check(data, trusted, threshold):
    must(len(data) <= 16 << 20, "too long")  # 3.1
    outer = message(data)
    must(outer.number("H", 0) == 1, "another version")
    contents = outer.data(0)
    inner = message(contents)
    referral, ids = inner.data(0), {1: inner.text(1), 2: inner.text(2)}
    exporter, exported = inner.number("H", 0), inner.number("q", 8)
    must(len(referral) == 16 and exporter in ids, "referral or exporter")
    must(is_node_id(ids[1]) and is_node_id(ids[2]) and ids[1] != ids[2], "asker and asked")
    must(0 <= exported <= LAST_MS and exported % 1000 == 0, "time of export")
    version, nodes, signers = directory(inner.text(3), trusted, threshold)
    must(ids[1] in nodes and ids[2] in nodes, "not in the directory")
    signing = {side: nodes[ids[side]] for side in ids}
    uuid = re.sub(r"(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", referral.hex())
    when = datetime.datetime.fromtimestamp(exported / 1000, datetime.timezone.utc)
    statement = Note(outer.text(1))  # 3.3
    must(statement.text == f"sanad-passport/v1\nreferral {uuid}\ncontents "
         f"{base64.b64encode(sha256(contents)).decode()}\nexported {when:%Y-%m-%dT%H:%M:%SZ}\n", "statement")
    statement.signers([Key(ids[exporter], 1, signing[exporter])])
    found = inner.structs(4)
    must(1 <= len(found) <= 4, "logs")
    logs = [read_log(one, ids, signing) for one in found]
    must(len({log["origin"] for log in logs}) == len(logs), "a log twice")
    found, events = inner.structs(5), []
    must(1 <= len(found) <= 2000, "events")
    for one in found:
        events.append(read_event(one, logs, events, referral))
    check_whole(events)
    return {"referral": uuid, "asker": ids[1], "asked": ids[2], "exporter": ids[exporter],
            "directory": version, "signedBy": signers,
            "events": [{"by": ids[one["side"]], "receipted": one["receipted"],
                        **({"erased": True} if one["said"] is None else
                           {"kind": one["said"]["kind"], "text": one["said"]["text"]})}
                       for one in events]}


def main(words):
    if len(words) != 3:
        print("by_the_page: want PASSPORT STEWARDS THRESHOLD", file=sys.stderr)
        return 64
    with open(words[1], encoding="utf-8") as stewards, open(words[0], "rb") as passport:
        trusted = [verifier(line) for line in stewards.read().split()]
        data = passport.read()
    try:
        print(json.dumps(check(data, trusted, int(words[2])), ensure_ascii=False))
    except NotValid as why:
        print(f"by_the_page: not valid: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
