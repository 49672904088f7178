"""Flat messages, as section 1 of schemas/PASSPORT.md says."""
import struct


class NotValid(Exception):
    pass


def must(holds, why):
    if not holds:
        raise NotValid(why)


class Effort:  # 1
    def __init__(self, words):
        self.left = len(words) // 8 + 8

    def spend(self, words):
        self.left -= words
        must(self.left >= 0, "more visited than there is")


class Struct:  # 1
    def __init__(self, words, at, numbers, pointers, effort):
        must(at >= 0 and at + (numbers + pointers) * 8 <= len(words), "struct outside")
        self.words, self.at, self.numbers, self.pointers = words, at, numbers * 8, pointers
        self.effort = effort

    def number(self, form, offset):
        size = struct.calcsize(form)
        if offset + size > self.numbers:
            return 0
        return struct.unpack_from("<" + form, self.words, self.at + offset)[0]

    def pointer(self, place):
        if place >= self.pointers:
            return None
        at = self.at + self.numbers + place * 8
        word = int.from_bytes(self.words[at:at + 8], "little")
        return None if word == 0 else (at, word)

    def list(self, place, kind):
        found = self.pointer(place)
        if found is None:
            return 0, 0
        at, word = found
        must(word & 3 == 1 and word >> 32 & 7 == kind, "another pointer")
        return at + 8 + signed30(word) * 8, word >> 35

    def data(self, place):
        at, count = self.list(place, 2)
        must(at >= 0 and at + count <= len(self.words), "data outside")
        self.effort.spend((count + 7) // 8)
        return self.words[at:at + count]

    def text(self, place):
        data = self.data(place)
        if not data:
            return ""
        must(data[-1] == 0, "text without its zero")
        try:
            return data[:-1].decode()
        except UnicodeDecodeError:
            raise NotValid("text is not UTF-8") from None

    def structs(self, place):
        at, count = self.list(place, 7)
        if at == 0:
            return []
        must(at >= 0 and at + 8 + count * 8 <= len(self.words), "list outside")
        tag = int.from_bytes(self.words[at:at + 8], "little")
        elements, numbers, pointers = tag >> 2 & 0x3FFFFFFF, tag >> 32 & 0xFFFF, tag >> 48
        must(tag & 3 == 0 and elements * (numbers + pointers) == count and elements <= 10_000, "list")
        self.effort.spend(count + 1)
        step = (numbers + pointers) * 8
        return [Struct(self.words, at + 8 + i * step, numbers, pointers, self.effort)
                for i in range(elements)]


def signed30(word):
    offset = word >> 2 & 0x3FFFFFFF
    return offset - (1 << 30) if offset >> 29 else offset


def message(data):
    must(len(data) >= 16 and len(data) % 8 == 0 and data[:4] == bytes(4), "not a flat message")
    must(8 + 8 * int.from_bytes(data[4:8], "little") == len(data), "another length")
    words = data[8:]
    word = int.from_bytes(words[:8], "little")
    must(word & 3 == 0 and word != 0, "root")
    numbers, pointers, effort = word >> 32 & 0xFFFF, word >> 48, Effort(words)
    effort.spend(1 + numbers + pointers)
    return Struct(words, 8 + signed30(word) * 8, numbers, pointers, effort)
