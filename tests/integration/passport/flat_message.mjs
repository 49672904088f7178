// SPDX-License-Identifier: Apache-2.0
//
// Reads a flat Cap'n Proto message of one segment (capnproto.org/encoding.html), as far as passports
// need it. Written from the format's description, not from our code.

const fail = (what) => { throw new Error(`message: ${what}`); };

/** One struct: numbers by their byte in the data section, pointers by their number. */
class Struct {
  constructor(words, data, dataBytes, pointers, pointerCount) {
    Object.assign(this, { words, data, dataBytes, pointers, pointerCount });
  }

  number(bytes, byte) {
    if (byte + bytes > this.dataBytes) return bytes === 8 ? 0n : 0;
    const at = this.data + byte;
    const { words } = this;
    return { 1: () => words.readUInt8(at), 2: () => words.readUInt16LE(at),
      4: () => words.readUInt32LE(at), 8: () => words.readBigInt64LE(at) }[bytes]();
  }

  bytes(index) {
    const list = this.#list(index);
    if (list === null) return Buffer.alloc(0);
    if (list.size !== 2) fail("not a list of bytes");
    return this.words.subarray(list.at, list.at + list.count);
  }

  text(index) {
    const bytes = this.bytes(index);
    if (bytes.length === 0) return "";
    if (bytes.at(-1) !== 0) fail("text without its end");
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, -1));
  }

  struct(index) {
    const pointer = this.#pointer(index);
    return pointer === null ? null : read(this.words, pointer);
  }

  /** A list of structs. */
  structs(index) {
    const list = this.#list(index);
    if (list === null) return [];
    if (list.size !== 7) fail("not a list of structs");
    const tag = this.words.readBigUInt64LE(list.at);
    const count = Number(tag & 0xffffffffn) >> 2;
    const dataBytes = Number((tag >> 32n) & 0xffffn) * 8;
    const pointerCount = Number((tag >> 48n) & 0xffffn);
    const size = dataBytes + pointerCount * 8;
    if (count * size > list.count * 8) fail("list behind the end");
    return Array.from({ length: count }, (_, i) => {
      const at = list.at + 8 + i * size;
      return new Struct(this.words, at, dataBytes, at + dataBytes, pointerCount);
    });
  }

  #pointer(index) {
    if (index >= this.pointerCount) return null;
    const at = this.pointers + index * 8;
    return this.words.readBigUInt64LE(at) === 0n ? null : at;
  }

  #list(index) {
    const at = this.#pointer(index);
    if (at === null) return null;
    const low = this.words.readInt32LE(at);
    const high = this.words.readUInt32LE(at + 4);
    if ((low & 3) !== 1) fail("not a list");
    const list = { at: at + 8 + (low >> 2) * 8, size: high & 7, count: high >>> 3 };
    const length = list.size === 2 ? list.count : (list.count + 1) * 8;
    if (list.at < 0 || list.at + length > this.words.length) fail("list behind the end");
    return list;
  }
}

function read(words, at) {
  const low = words.readInt32LE(at);
  if ((low & 3) !== 0) fail("not a struct");
  const data = at + 8 + (low >> 2) * 8;
  const dataBytes = words.readUInt16LE(at + 4) * 8;
  const pointerCount = words.readUInt16LE(at + 6);
  if (data < 0 || data + dataBytes + pointerCount * 8 > words.length) fail("struct behind the end");
  return new Struct(words, data, dataBytes, data + dataBytes, pointerCount);
}

/** The root of a message. */
export function open(bytes) {
  if (bytes.length < 16 || bytes.readUInt32LE(0) !== 0) fail("more than one segment");
  if ((bytes.readUInt32LE(4) + 1) * 8 !== bytes.length) fail("another length");
  return read(bytes.subarray(8), 0);
}
