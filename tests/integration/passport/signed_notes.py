"""Texts, keys and signed notes, as the head and section 2 of schemas/PASSPORT.md say."""
import base64
import ctypes
import ctypes.util
import datetime
import hashlib
import re
import unicodedata

from flat_message import NotValid, must, utf8

SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
SODIUM.sodium_init()
CONTROL = "\x00-\x1f\x7f-\x9f\u2028\u2029"
DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
SPACES = " \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
NOTE_BYTES, LINES = 1 << 20, 100
LAST_SECOND = 253402300799


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def ed25519(public_key, text, signature):
    return len(signature) == 64 and SODIUM.crypto_sign_ed25519_verify_detached(
        signature, text, ctypes.c_ulonglong(len(text)), public_key) == 0


def is_signing_key(public_key):
    return len(public_key) == 32 and SODIUM.crypto_core_ed25519_is_valid_point(public_key) == 1


def is_box_key(public_key):
    shared = ctypes.create_string_buffer(32)
    return len(public_key) == 32 and SODIUM.crypto_scalarmult(shared, bytes([9]) + bytes(31), public_key) == 0


def unbase64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise NotValid("base64") from None
    must(base64.b64encode(data).decode() == text, "base64 in another form")
    return data


def is_prose(text, most):
    return 0 < len(text.encode()) <= most and not re.search(f"[{CONTROL}]", re.sub("[\n\t]", "", text))


def is_label(text, most):
    return (0 < len(text.encode()) <= most and not re.search(f"[{CONTROL}{DIRECTION}]", text)
            and unicodedata.is_normalized("NFC", text))


def is_key_name(text):
    return is_label(text, 128) and not re.search(f"[+{SPACES}]", text)


def is_word(text):
    return bool(re.fullmatch(r"[A-Za-z0-9._-]{1,64}", text))


def is_time(text):
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})Z", text)
    if not found:
        return False
    year = found[1] if int(found[1]) > 0 else "0400"  # the same calendar; this library begins with 1
    try:
        return bool(datetime.datetime.strptime(f"{year}-{found[2]}", "%Y-%m-%dT%H:%M:%S"))
    except ValueError:
        return False


def number(text, least, most):
    must(re.fullmatch("0|[1-9][0-9]{0,18}", text) and least <= int(text) <= most, "number")
    return int(text)


class Key:
    def __init__(self, name, kind, public):
        self.name, self.kind, self.public = name, kind, public
        self.id = sha256(name.encode(), b"\n", bytes([kind]), public)[:4]

    def verifies(self, note, signature):
        if self.kind == 1:
            return ed25519(self.public, note.text.encode(), signature)
        if len(signature) != 72 or int.from_bytes(signature[:8], "big") > LAST_SECOND:
            return False
        said = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n{note.text}"
        return ed25519(self.public, said.encode(), signature[8:])


def verifier(text):
    """A steward's."""
    must(text.count("+") >= 2, "verifier string")
    name, key_id, encoded = text.split("+", 2)
    data = unbase64(encoded)
    must(is_key_name(name) and data[:1] == b"\1" and is_signing_key(data[1:]), "verifier string")
    key = Key(name, 1, data[1:])
    must(key.id.hex() == key_id, "verifier string")
    return key


class Note:
    def __init__(self, text):
        must(len(text.encode()) <= NOTE_BYTES, "note length")
        end = text.rfind("\n\n")
        must(end >= 0 and text.endswith("\n"), "note without signatures")
        self.text, self.signatures = text[:end + 1], []
        must(is_prose(self.text, NOTE_BYTES) and "\t" not in self.text, "control character in a note")
        must(not self.text.startswith("cosignature/v1\n"), "text of a cosignature")
        lines = text[end + 2:-1].split("\n")
        must(len(lines) <= LINES, "too many signatures")
        for line in lines:
            found = re.fullmatch("\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)", line)
            must(found and is_key_name(found[1]), "signature line")
            data = unbase64(found[2])
            must(5 <= len(data) <= 4100, "signature line")
            self.signatures.append((found[1], data[:4], data[4:]))

    def signers(self, keys):
        good = []
        for name, key_id, signature in self.signatures:
            yours = [key for key in keys if (key.name, key.id) == (name, key_id)]
            signed = [key for key in yours if key.verifies(self, signature)]
            must(signed or not yours, "a bad signature in the name of " + name)
            good.extend(key for key in signed if key not in good)
        must(good, "nobody whom you know has signed")
        return [key for key in keys if key in good]


def stewards_in(text):
    """A verifier string a line."""
    keys = [verifier(line) for line in text.split("\n")[:-1]]
    must(text.endswith("\n") and len({key.public for key in keys}) == len(keys), "stewards")
    return keys


def read_stewards(path):
    with open(path, "rb") as file:
        return stewards_in(utf8(file.read(), "stewards"))
