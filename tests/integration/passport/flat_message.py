"""Flat messages, as section 1 of schemas/PASSPORT.md says."""
import struct

LEVELS = 12
BITS = (0, 1, 8, 16, 32, 64)


class NotValid(Exception):
    pass


def must(holds, why):
    if not holds:
        raise NotValid(why)


def utf8(data, what):
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise NotValid(f"{what}: not UTF-8") from None


def signed30(word):
    offset = word >> 2 & 0x3FFFFFFF
    return offset - (1 << 30) if offset >> 29 else offset


def shape(word):
    """How many words of numbers, and how many pointers."""
    return word >> 32 & 0xFFFF, word >> 48


class Words:
    """The words of a message, once all its pointers were followed."""

    def __init__(self, data):
        must(len(data) >= 16 and len(data) % 8 == 0 and data[:4] == bytes(4), "not a flat message")
        must(8 + 8 * int.from_bytes(data[4:8], "little") == len(data), "another length")
        self.bytes = data[8:]
        self.count = len(self.bytes) // 8
        self.left = self.count - 1
        self.follow(0, 1)

    def word(self, at):
        return int.from_bytes(self.bytes[at * 8:at * 8 + 8], "little")

    def take(self, at, words):
        must(0 <= at and at + words <= self.count, "outside the message")
        self.left -= words
        must(self.left >= 0, "led to twice")

    def follow(self, place, level):
        word = self.word(place)
        if word == 0:
            return
        must(level <= LEVELS, "too deep")
        must(word & 3 in (0, 1), "another pointer")
        at = place + 1 + signed30(word)
        if word & 3 == 0:
            self.structs(at, 1, word, level)
        else:
            self.list(at, word >> 32 & 7, word >> 35, level)

    def structs(self, at, elements, word, level):
        numbers, pointers = shape(word)
        self.take(at, elements * (numbers + pointers))
        for first in range(at, at + elements * (numbers + pointers), numbers + pointers or 1):
            for place in range(first + numbers, first + numbers + pointers):
                self.follow(place, level + 1)

    def list(self, at, kind, count, level):
        if kind == 7:
            self.take(at, 1)
            tag = self.word(at)
            elements, size = tag >> 2 & 0x3FFFFFFF, sum(shape(tag))
            must(tag & 3 == 0 and elements * size == count, "list of structs")
            must(size > 0 or elements == 0, "elements of no size")
            self.structs(at + 1, elements, tag, level)
        elif kind == 6:
            self.take(at, count)
            for place in range(at, at + count):
                self.follow(place, level + 1)
        else:
            must(kind != 0 or count == 0, "elements of no size")
            self.take(at, (count * BITS[kind] + 63) // 64)


class Struct:
    """One struct of a message; `at` counts in words."""

    def __init__(self, words, at, word):
        self.words, self.at = words, at
        self.numbers, self.pointers = shape(word)

    def number(self, form, offset):
        if offset + struct.calcsize(form) > self.numbers * 8:
            return 0
        return struct.unpack_from("<" + form, self.words.bytes, self.at * 8 + offset)[0]

    def pointer(self, place):
        """Where it stands, or nothing when it is absent."""
        at = self.at + self.numbers + place
        return at if place < self.pointers and self.words.word(at) != 0 else None

    def data(self, place):
        at = self.pointer(place)
        return b"" if at is None else data_at(self.words, at)

    def text(self, place):
        at = self.pointer(place)
        return "" if at is None else text_at(self.words, at)

    def struct(self, place):
        at = self.pointer(place)
        return Struct(self.words, 0, 0) if at is None else struct_at(self.words, at)

    def structs(self, place):
        at = self.pointer(place)
        if at is None:
            return []
        first, kind, count = list_at(self.words, at)
        if count == 0 and kind not in (1, 7):
            return []
        must(kind == 7, "not a list of structs")
        return elements_at(self.words, first)

    def texts(self, place):
        at = self.pointer(place)
        if at is None:
            return []
        first, kind, count = list_at(self.words, at)
        if kind == 7:
            tag = self.words.word(first)
            must(shape(tag)[1] > 0, "not a list of text")
            return [one.text(0) for one in elements_at(self.words, first)]
        must(kind == 6, "not a list of text")
        holder = Struct(self.words, first, count << 48)  # as a struct of pointers alone
        return [holder.text(i) for i in range(count)]


def list_at(words, at):
    word = words.word(at)
    must(word & 3 == 1, "not a list")
    return at + 1 + signed30(word), word >> 32 & 7, word >> 35


def elements_at(words, first):
    tag = words.word(first)
    return [Struct(words, first + 1 + i * sum(shape(tag)), tag) for i in range(tag >> 2 & 0x3FFFFFFF)]


def data_at(words, at):
    first, kind, count = list_at(words, at)
    must(kind == 2, "not a list of bytes")
    return words.bytes[first * 8:first * 8 + count]


def text_at(words, at):
    data = data_at(words, at)
    must(data.endswith(b"\0"), "text without its zero")
    return utf8(data[:-1], "text")


def struct_at(words, at):
    word = words.word(at)
    must(word & 3 == 0, "not a struct")
    return Struct(words, at + 1 + signed30(word), word)


def message(data):
    words = Words(data)
    must(words.word(0) != 0, "no root")
    return struct_at(words, 0)
