#!/usr/bin/env python3
"""Makes the passports that are not valid, each from the recorded one: make_not_valid.py RECORDED-FOLDER

The files are for whoever writes a verifier from schemas/PASSPORT.md; its section 6 lists them."""
import base64
import hashlib
import pathlib
import sys

from flat_message import message
from forger import Passport, flat, Struct


def frame_of(words):
    return bytes(4) + (len(words) // 8).to_bytes(4, "little") + words


def trailing_word(data):
    return frame_of(data[8:] + bytes(8))


def unused_number(data):
    return data[:18] + b"\1" + data[19:]


def shared_place(data):
    # The statement's pointer stands one word behind that of the contents, and leads to the same place.
    word = int.from_bytes(data[24:32], "little") - (1 << 2)
    return data[:32] + word.to_bytes(8, "little") + data[40:]


def statement_first(data):
    # Its pointers are in their places, but what they lead to has changed places.
    contents, statement = message(data).data(0), message(data).data(1)
    padded = statement + bytes(-len(statement) % 8)
    pointers = [1 | (1 + len(padded) // 8) << 2 | 2 << 32 | len(contents) << 35, 1 | 2 << 32 | len(statement) << 35]
    return frame_of(data[8:24] + b"".join(word.to_bytes(8, "little") for word in pointers) + padded + contents)


def loose_base64(data):
    # The last digit before the padding has two bits left over; one of them is set.
    digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = data.rindex(b"=")
    return data[:place - 1] + bytes([digits[digits.index(data[place - 1]) + 1]]) + data[place:]


def another_signature(data):
    passport = Passport(data)
    passport.statement_more = "\u2014 somebody-else " + base64.b64encode(b"key " + bytes(64)).decode() + "\n"
    return passport.file()


def not_signed_again(data):
    contents = bytearray(message(data).data(0))
    contents[-1] ^= 1  # in the last proof
    return flat(Struct(b"\1" + bytes(7), [bytes(contents), message(data).text(1)]))


def far_pointer(data):
    # Another segment's pointers may lead on from a word of this one: libraries follow that.
    contents = bytearray(Passport(data).contents())
    pointer = 8 + 8 + 16  # that of the referral
    pad = (len(contents) - pointer) // 8 - 1
    word = int.from_bytes(contents[pointer:pointer + 8], "little")
    landing = word & ~0xFFFFFFFF | ((word & 0xFFFFFFFC) - (pad + 1 << 2)) & 0xFFFFFFFF | 1
    contents += landing.to_bytes(8, "little")
    contents[pointer:pointer + 8] = (2 | len(contents) // 8 - 2 << 3).to_bytes(8, "little")
    return Passport(data).file(frame_of(bytes(contents[8:])))


def one_steward(data):
    passport = Passport(data)
    passport.directory = passport.directory[:passport.directory.rindex("\u2014 steward-2 ")]
    return passport.file()


def no_receipt(data):
    passport = Passport(data)
    head = passport.logs[1]["receipted"]
    passport.logs[1]["receipted"] = head[:head.rindex("\u2014 ")]
    return passport.file()


def bad_extension(data):
    passport = Passport(data)
    extension = passport.logs[0]["extension"]
    passport.logs[0]["extension"] = bytes([extension[0] ^ 1]) + extension[1:]
    return passport.file()


def events_swapped(data):
    passport = Passport(data)
    first, second = passport.events[4], passport.events[5]
    passport.events[4:6] = [second, first]
    first["event"], second["event"] = second["event"], first["event"]
    return passport.file()


def answered_event_left_out(data):
    # The asker's last two; but the asked side had seen the first of them when it accepted.
    passport = Passport(data)
    del passport.events[1:3]
    return passport.file()


def erased_in_part(data):
    passport = Passport(data)
    erase(passport.events[-1])
    return passport.file()


def erase(event):
    event["leaf"] = hashlib.sha256(b"\0" + event["entry"]).digest()
    event["entry"], event["key"] = b"", b""


def another_key(data):
    passport = Passport(data)
    passport.events[0]["key"] = passport.events[1]["key"]
    return passport.file()


def with_seen(data, side, counts):
    passport = Passport(data)
    payloads = passport.payloads(side)
    for number, seen in counts.items():
        payloads[number] = payloads[number][:20] + seen.to_bytes(4, "little") + payloads[number][24:]
    passport.rewrite(side, payloads)
    return passport.file()


def seen_each_other(data):
    # The first answer has seen the request, and the request says that it has seen that answer.
    return with_seen(data, 1, {0: 1})


def answer_to_nothing(data):
    return with_seen(data, 2, {0: 0})


def kind_unknown(data):
    passport = Passport(data)
    payloads = passport.payloads(2)
    payloads[0] = payloads[0][:32] + b"\x1b\0" + payloads[0][34:]
    passport.rewrite(2, payloads)
    return passport.file()


# File, section of the page, what was done to the recorded passport.
LIST = [
    (trailing_word, "3.1", "a word behind the end, counted in the frame"),
    (unused_number, "3.1", "a number is set that version 1 does not have"),
    (shared_place, "1", "both pointers of the file lead to one place"),
    (statement_first, "3.1", "the statement stands before the contents"),
    (loose_base64, "2", "left-over bits are set in the base64 of the statement's signature"),
    (another_signature, "3.3", "somebody put a second line under the statement"),
    (not_signed_again, "3.3", "a bit of the contents changed, and the statement is the old one"),
    (far_pointer, "1", "a pointer of the contents is far, with its landing pad in the same segment"),
    (one_steward, "3.2", "the directory has the signature of one steward, and two must sign"),
    (no_receipt, "3.4", "the receipted head of the second log has no cosignature"),
    (bad_extension, "3.4", "a digest of the first log's extension is another"),
    (events_swapped, "3.5", "two events of the asked side changed places, with their numbers"),
    (another_key, "3.7", "the first event comes with the key of the second"),
    (kind_unknown, "3.8", "the asked side's first event is of kind 27"),
    (answered_event_left_out, "3.9", "the asker's last two events are missing, and the asked side had seen one"),
    (erased_in_part, "3.9", "the last event is shown as erased, and the others are not"),
    (seen_each_other, "3.9", "the request has seen the first answer, which has seen the request"),
    (answer_to_nothing, "3.9", "the first answer has seen no request"),
]


def name_of(make):
    return make.__name__.replace("_", "-") + ".bin"


def made_from(data):
    """Name and bytes of each."""
    return {name_of(make): make(data) for make, _, _ in LIST}


def main(folder):
    for name, data in made_from((folder / "passport-v1.bin").read_bytes()).items():
        (folder / "not-valid" / name).write_bytes(data)
    for make, section, what in LIST:
        print(f"| `{name_of(make)}` | {section} | {what} |")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
