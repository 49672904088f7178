#!/usr/bin/env python3
"""The RTP captures that sipp replays, from the speech of audio.sh: packets.py FOLDER

Addresses and ports inside do not matter: sipp writes its own.
"""
import math
import os
import struct
import sys
import wave
import zlib


def alaw(s):  # ITU-T G.711
    sign = 0x80
    if s < 0:
        s = -s - 1
        sign = 0
    s >>= 3
    for seg, top in enumerate((31, 63, 127, 255, 511, 1023, 2047, 4095)):
        if s <= top:
            break
    v = (seg << 4) | ((s >> (1 if seg < 2 else seg)) & 0x0F)
    return (v | sign) ^ 0x55


def ulaw(s):
    sign = 0
    if s < 0:
        s = -s
        sign = 0x80
    s = min(s, 32635) + 132
    exp = max(s.bit_length() - 8, 0)
    return ~(sign | exp << 4 | (s >> (exp + 3)) & 0x0F) & 0xFF


def pcap(path, pkts):
    # A source of its own for each: a telephone does not count from the beginning again in one call.
    ssrc = struct.pack(">I", zlib.crc32(path.encode()))
    pkts = [(t, packet[:8] + ssrc + packet[12:]) for t, packet in pkts]
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for t, rtp in pkts:
            udp = struct.pack(">HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\1", b"\x7f\0\0\1") + udp
            eth = b"\0" * 12 + b"\x08\0" + ip
            f.write(struct.pack("<IIII", int(t), int(t % 1 * 1e6), len(eth), len(eth)) + eth)


def rtp(pt, seq, ts, payload, marker=0, ssrc=0x53414E44):
    return struct.pack(">BBHII", 0x80, marker << 7 | pt, seq & 0xFFFF, ts & 0xFFFFFFFF, ssrc) + payload


def g711_packets(samples, law, ms=20):
    pt, enc = (0, ulaw) if law == "pcmu" else (8, alaw)
    n = ms * 8
    for i in range(0, len(samples) - n + 1, n):
        yield i / 8000, rtp(pt, i // n, i, bytes(enc(s) for s in samples[i:i + n]), int(i == 0))


TONES = dict(zip("123A456B789C*0#D", [(r, c) for r in (697, 770, 852, 941) for c in (1209, 1336, 1477, 1633)]))


def samples(path):
    w = wave.open(path)
    assert (w.getframerate(), w.getnchannels(), w.getsampwidth()) == (8000, 1, 2)
    return struct.unpack("<%dh" % w.getnframes(), w.readframes(w.getnframes()))


def tones(digits):
    """Each digit as 100 ms of its two tones, and 100 ms of silence."""
    s = []
    for d in digits:
        low, high = TONES[d]
        s += [int(6000 * (math.sin(2 * math.pi * low * i / 8000) + math.sin(2 * math.pi * high * i / 8000)))
              for i in range(800)] + [0] * 800
    return s


def events(digits, pt):
    """RFC 4733: eight packets of 20 ms, then the last one three times."""
    pkts, t, seq, ts = [], 0.0, 1000, 80000
    for d in digits:
        ev = "0123456789*#ABCD".index(d)
        for k in range(1, 12):
            end = k > 8
            pkts.append((t, rtp(pt, seq, ts, struct.pack(">BBH", ev, 0x8A if end else 10, 160 * min(k, 9)), int(k == 1))))
            seq += 1
            t += .02
        ts += 3200
        t += .1
    return pkts


def main(folder):
    os.chdir(folder)
    for digit, name in zip("123#", ("1", "2", "3", "hash")):
        pcap(f"event_{name}.pcap", events(digit, 101))
        pcap(f"event96_{name}.pcap", events(digit, 96))
        for law in ("pcma", "pcmu"):
            pcap(f"tone_{name}_{law}.pcap", list(g711_packets(tones(digit), law)))
    speech = samples("caller.wav")
    for law in ("pcma", "pcmu"):
        pcap(f"caller_{law}.pcap", list(g711_packets(speech, law)))
    for ms in (10, 30, 40):
        pcap(f"caller_{ms}ms.pcap", list(g711_packets(speech, "pcma", ms)))


main(sys.argv[1])
