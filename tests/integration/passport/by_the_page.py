#!/usr/bin/env python3
"""Checks a passport: by_the_page.py PASSPORT STEWARDS THRESHOLD

Written from schemas/PASSPORT.md alone, with the files beside it that it imports; the numbers in the comments
are its sections. The primitives that Python has not come from libsodium. Ends with 0 and one JSON object, or
with 1 and a reason."""
import base64
import ctypes
import datetime
import json
import re
import struct
import sys

from directory_text import Directory, is_node_id
from flat_message import NotValid, message, must
from signed_notes import SODIUM, Key, Note, number, read_stewards, sha256, unbase64
from what_was_said import said_in

ENTRIES_MAX, EVENTS_OF_A_SIDE, LAST_EXPORT_MS = 1 << 48, 1000, 253402300799000


def decrypt(key, nonce, associated, sealed):
    must(len(sealed) >= 16, "sealed length")
    plain = ctypes.create_string_buffer(max(1, len(sealed) - 16))
    bad = SODIUM.crypto_aead_xchacha20poly1305_ietf_decrypt(
        plain, None, None, sealed, ctypes.c_ulonglong(len(sealed)), associated,
        ctypes.c_ulonglong(len(associated)), nonce, key)
    must(bad == 0, "entry does not open")
    return plain.raw[:len(sealed) - 16]


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
    lines = note.text.split("\n")
    must(len(lines) == 4 and lines[0] == origin, "a head of another log")
    size, root = number(lines[1], 0, ENTRIES_MAX), unbase64(lines[2])
    must(len(root) == 32, "root length")
    for key in keys:
        note.signers([key])
    return size, root


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


def payload_in(entry, key, origin, index, referral):  # 3.7
    must(len(entry) <= 131328, "entry length")
    outer = message(entry)
    must(len(outer.data(0)) == 16 and outer.number("H", 8) == 0, "not a sealed entry")
    sealed = outer.data(1)
    must(len(sealed) >= 72, "sealed length")
    commitment = sealed[:32]
    must(commitment == sha256(key), "commitment")
    associated = origin.encode() + b"\0" + struct.pack(">Q", index) + b"\0\1" + commitment
    padded = decrypt(key, sealed[32:56], associated, sealed[56:]).rstrip(b"\0")
    must(padded.endswith(b"\x80"), "padding")
    body = message(padded[:-1])
    must(body.number("H", 0) == 1 and body.data(0) == referral, "of something else")
    payload = body.data(1)
    must(len(payload) <= 131072, "payload length")
    return payload


def read_event(from_, logs, before, referral):  # 3.5
    place, number, index = from_.number("B", 0), from_.number("I", 4), from_.number("Q", 8)
    must(place < len(logs), "of no log")
    log = logs[place]
    side = log["writer"]
    must(before or side == 1, "the first is not the asker's")
    must(not before or before[-1]["side"] <= side, "out of order")
    must(number == sum(one["side"] == side for one in before), "an event is missing")
    must(number < EVENTS_OF_A_SIDE, "too many events of one side")
    must(all(one["index"] < index for one in before if one["log"] == place), "out of its log's order")
    entry, key, leaf = from_.data(0), from_.data(1), from_.data(2)
    must((len(key), len(leaf)) == ((32, 0) if entry else (0, 32)), "entry, key, leaf")
    receipted = log["receipted"] is not None and index < log["receipted"][0]
    use = log["receipted"] if receipted else log["written"]
    must(use is not None, "behind the end of its log")
    check_inclusion(sha256(b"\0", entry) if entry else leaf, index, *use, digests(from_.data(3)))
    event = {"side": side, "log": place, "index": index, "receipted": receipted, "said": None}
    if entry:
        payload = payload_in(entry, key, log["origin"], index, referral)
        event["said"] = said_in(message(payload), side, number, referral)
    return event


def check_whole(events):  # 3.9
    erased = sum(one["said"] is None for one in events)
    must(erased in (0, len(events)), "erased in part")
    if erased:
        return
    must(events[0]["said"]["kind"] == "request", "does not begin with a request")
    seen = {side: [one["said"]["seen"] for one in events if one["side"] == side] for side in (1, 2)}
    must(all(seen[2]), "an answer to nothing")
    for own, others in ((seen[1], seen[2]), (seen[2], seen[1])):
        must(all(count <= len(others) for count in own), "an event is missing")
        must(own == sorted(own), "somebody forgets")
        must(all(count == 0 or others[count - 1] <= i for i, count in enumerate(own)), "two have seen each other")


def check_form(data, contents, statement):  # 3.1
    def padded(part):
        return part + bytes(-len(part) % 8)
    text = statement.encode() + b"\0"
    words = [0x0002000100000000, 1, 1 | 1 << 2 | 2 << 32 | len(contents) << 35,
             1 | len(padded(contents)) // 8 << 2 | 2 << 32 | len(text) << 35]
    form = b"".join(word.to_bytes(8, "little") for word in words) + padded(contents) + padded(text)
    must(data == bytes(4) + (len(form) // 8).to_bytes(4, "little") + form, "not in its one form")


def check_statement(text, expected, exporter):  # 3.3
    must(len(text.encode()) <= 4096, "statement length")
    statement = Note(text)
    must(statement.text == expected, "statement")
    must(len(statement.signatures) == 1, "more than the exporter's signature")
    statement.signers([exporter])


def check(data, trusted, threshold):
    must(len(data) <= 16 << 20, "too long")  # 3.1
    outer = message(data)
    must(outer.number("H", 0) == 1, "another version")
    contents = outer.data(0)
    check_form(data, contents, outer.text(1))
    inner = message(contents)
    referral, ids = inner.data(0), {1: inner.text(1), 2: inner.text(2)}
    exporter, exported = inner.number("H", 0), inner.number("q", 8)
    must(len(referral) == 16 and any(referral) and exporter in ids, "referral or exporter")
    must(is_node_id(ids[1]) and is_node_id(ids[2]) and ids[1] != ids[2], "asker and asked")
    must(0 <= exported <= LAST_EXPORT_MS and exported % 1000 == 0, "time of export")
    directory = Directory(inner.text(3), trusted, threshold)
    must(ids[1] in directory.nodes and ids[2] in directory.nodes, "not in the directory")
    signing = {side: directory.nodes[ids[side]] for side in ids}
    uuid = re.sub(r"(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", referral.hex())
    when = datetime.datetime.fromtimestamp(exported / 1000, datetime.timezone.utc)
    check_statement(outer.text(1), f"sanad-passport/v1\nreferral {uuid}\ncontents "
                    f"{base64.b64encode(sha256(contents)).decode()}\nexported {when:%Y-%m-%dT%H:%M:%SZ}\n",
                    Key(ids[exporter], 1, signing[exporter]))
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
            "directory": directory.version, "signedBy": directory.signers,
            "events": [{"by": ids[one["side"]], "receipted": one["receipted"],
                        **({"erased": True} if one["said"] is None else
                           {key: one["said"][key] for key in ("kind", "text", "wrongSide")})}
                       for one in events]}


def main(words):
    if len(words) != 3:
        print("by_the_page: want PASSPORT STEWARDS THRESHOLD", file=sys.stderr)
        return 64
    with open(words[0], "rb") as passport:
        data = passport.read()
    try:
        print(json.dumps(check(data, read_stewards(words[1]), int(words[2])), ensure_ascii=False))
    except NotValid as why:
        print(f"by_the_page: not valid: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
