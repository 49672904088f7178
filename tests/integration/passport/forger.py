"""What a dishonest exporter could hand out: takes a passport apart, and puts another together and signs it.
Knows the keys of the recorded passport, which were made for it and are nobody's."""
import base64
import ctypes
import datetime
import hashlib
import struct

from by_the_page import payload_in
from flat_message import message
from signed_notes import SODIUM, Key

SEEDS = {1: "b5b9498a434b6390c47df7dde17e67efaa53323afdd0027919c7a2736da64b7c",
         2: "1b6ba94ff1c5ee1e39bd1db36d80cb74404561cbe946a371271a4b53fc402bf3"}
LANES = ("normal", "urgent")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# Flat messages

class Struct:
    def __init__(self, numbers, pointers):
        self.numbers, self.pointers = numbers, pointers


def flat(root):
    """A pointer is nothing, bytes, a text, a Struct, or a list of Structs of one shape."""
    words = bytearray(8)
    put(words, 0, root)
    return bytes(4) + (len(words) // 8).to_bytes(4, "little") + bytes(words)


def put(words, place, item):
    if item is None:
        return
    offset = (len(words) - place) // 8 - 1
    if isinstance(item, Struct):
        word = offset << 2 | shape(item)
        put_structs(words, [item])
    elif isinstance(item, list):
        size = len(item[0].numbers) // 8 + len(item[0].pointers)
        word = 1 | offset << 2 | 7 << 32 | len(item) * size << 35
        words += (len(item) << 2 | shape(item[0])).to_bytes(8, "little")
        put_structs(words, item)
    else:
        data = item.encode() + b"\0" if isinstance(item, str) else item
        word = 1 | offset << 2 | 2 << 32 | len(data) << 35
        words += data + bytes(-len(data) % 8)
    words[place:place + 8] = word.to_bytes(8, "little")


def shape(one):
    return len(one.numbers) // 8 << 32 | len(one.pointers) << 48


def put_structs(words, items):
    places = []
    for one in items:
        words += one.numbers
        places.append(len(words))
        words += bytes(8 * len(one.pointers))
    for place, one in zip(places, items):
        for i, pointer in enumerate(one.pointers):
            put(words, place + 8 * i, pointer)


# Notes

def sign(seed, text):
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    SODIUM.crypto_sign_seed_keypair(public, secret, seed)
    signature = ctypes.create_string_buffer(64)
    SODIUM.crypto_sign_detached(signature, None, text, ctypes.c_ulonglong(len(text)), secret)
    return public.raw, signature.raw


def line(name, seed, text):
    public, signature = sign(seed, text.encode())
    return f"\u2014 {name} {base64.b64encode(Key(name, 1, public).id + signature).decode()}\n"


def receipt(name, seed, text, seconds):
    public, signature = sign(seed, f"cosignature/v1\ntime {seconds}\n{text}".encode())
    blob = Key(name, 4, public).id + seconds.to_bytes(8, "big") + signature
    return f"\u2014 {name} {base64.b64encode(blob).decode()}\n"


# Trees, by the definitions of RFC 9162, section 2.1

def split(count):
    return 1 << (count - 1).bit_length() - 1


def root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\1", root(leaves[:k]), root(leaves[k:]))


def inclusion(leaves, index):
    if len(leaves) == 1:
        return b""
    k = split(len(leaves))
    if index < k:
        return inclusion(leaves[:k], index) + root(leaves[k:])
    return inclusion(leaves[k:], index - k) + root(leaves[:k])


# Entries

def seal(origin, index, key, body):
    plain = body + b"\x80"
    plain += bytes(max(1024, 1 << (len(plain) - 1).bit_length()) - len(plain))
    commitment, nonce = sha256(key), sha256(b"nonce", key)[:24]
    associated = origin.encode() + b"\0" + struct.pack(">Q", index) + b"\0\1" + commitment
    sealed = ctypes.create_string_buffer(len(plain) + 16)
    SODIUM.crypto_aead_xchacha20poly1305_ietf_encrypt(
        sealed, None, plain, ctypes.c_ulonglong(len(plain)), associated,
        ctypes.c_ulonglong(len(associated)), None, nonce, key)
    return flat(Struct(struct.pack("<qHxxxxxx", 0, 0), [bytes(15) + b"\1", commitment + nonce + sealed.raw]))


class Passport:
    """Its parts, to be changed; file() is what its exporter would hand out."""

    def __init__(self, data):
        outer = message(data)
        inner = message(outer.data(0))
        self.referral = inner.data(0)
        self.ids = {1: inner.text(1), 2: inner.text(2)}
        self.exporter, self.exported = inner.number("H", 0), inner.number("q", 8)
        self.directory = inner.text(3)
        self.statement_more = ""  # lines under the exporter's
        self.logs = [{"writer": one.number("H", 0), "lane": one.number("H", 2), "receipted": one.text(0),
                      "written": one.text(1), "extension": one.data(2)} for one in inner.structs(4)]
        self.events = [{"log": one.number("B", 0), "event": one.number("I", 4), "index": one.number("Q", 8),
                        "entry": one.data(0), "key": one.data(1), "leaf": one.data(2), "proof": one.data(3)}
                       for one in inner.structs(5)]

    def origin(self, log):
        return f"sanad/{self.ids[log['writer']]}/{self.ids[3 - log['writer']]}/{LANES[log['lane']]}"

    def seed(self, side):
        return bytes.fromhex(SEEDS[side])

    def side(self, event):
        return self.logs[event["log"]]["writer"]

    def contents(self):
        logs = [Struct(struct.pack("<HHxxxx", one["writer"], one["lane"]),
                       [one["receipted"], one["written"], one["extension"]]) for one in self.logs]
        events = [Struct(struct.pack("<BxxxIQ", one["log"], one["event"], one["index"]),
                         [one["entry"], one["key"], one["leaf"] or None, one["proof"]]) for one in self.events]
        return flat(Struct(struct.pack("<Hxxxxxxq", self.exporter, self.exported),
                           [self.referral, self.ids[1], self.ids[2], self.directory, logs, events]))

    def file(self, contents=None):
        contents = contents or self.contents()
        return flat(Struct(struct.pack("<Hxxxxxx", 1), [contents, self.statement(contents)]))

    def statement(self, contents):
        text = uuid_text(self.referral) + f"contents {base64.b64encode(sha256(contents)).decode()}\n"
        text += f"exported {time_text(self.exported)}\n"
        return text + "\n" + line(self.ids[self.exporter], self.seed(self.exporter), text) + self.statement_more

    def with_directory(self, change):
        """Another directory, signed by stewards 1 and 2, whose seeds are their number and zeros."""
        text = change(self.directory[:self.directory.rindex("\n\n") + 1])
        self.directory = text + "\n" + "".join(
            line(f"steward-{number}", bytes([number]) + bytes(31), text) for number in (1, 2))
        return self.file()

    def payloads(self, side):
        """What the side said, opened."""
        return [payload_in(one["entry"], one["key"], self.origin(self.logs[one["log"]]), one["index"],
                           self.referral) for one in self.events if self.side(one) == side]

    def rewrite(self, side, payloads):
        """The side's log, with these in it and nothing else, receipted by the other side."""
        place = next(i for i, log in enumerate(self.logs) if log["writer"] == side)
        log = self.logs[place]
        keys = [sha256(b"entry", bytes([side]), struct.pack(">Q", i)) for i in range(len(payloads))]
        entries = [seal(self.origin(log), i, key, flat(Struct(struct.pack("<Hxxxxxx", 1), [self.referral, payload])))
                   for i, (key, payload) in enumerate(zip(keys, payloads))]
        leaves = [sha256(b"\0", entry) for entry in entries]
        text = f"{self.origin(log)}\n{len(leaves)}\n{base64.b64encode(root(leaves)).decode()}\n"
        log["receipted"] = (text + "\n" + line(self.ids[side], self.seed(side), text)
                            + receipt(self.ids[3 - side], self.seed(3 - side), text, 1_800_000_000))
        log["written"], log["extension"] = "", b""
        own = [{"log": place, "event": i, "index": i, "entry": entry, "key": key, "leaf": b"",
                "proof": inclusion(leaves, i)} for i, (entry, key) in enumerate(zip(entries, keys))]
        others = [one for one in self.events if self.side(one) != side]
        self.events = own + others if side == 1 else others + own


def uuid_text(referral):
    digits = referral.hex()
    parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
    return f"sanad-passport/v1\nreferral {'-'.join(parts)}\n"


def time_text(ms):
    when = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
