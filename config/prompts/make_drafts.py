#!/usr/bin/env python3
"""Speaks what callers hear, as drafts: make_drafts.py FOLDER [LANGUAGE...]

Reads the texts of each language's manifest.toml beside this file, lets espeak-ng speak them, and writes the
sounds with a manifest of their own (each with its SHA-256 and draft = true) to FOLDER, a folder a language.
Drafts are for trying out: a child should hear a person. Needs espeak-ng and sox."""
import hashlib
import json
import math
import pathlib
import struct
import subprocess
import sys
import tempfile
import tomllib
import wave
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
VOICES = {"ar": "ar", "fr": "fr-fr", "en": "en-gb", "es": "es"}  # espeak-ng 1.51 has no Tamazight and no Darija
RATE = 8000
SPEED = "140"  # words a minute: slower than its habit


def speak(language, text, file):
    with tempfile.NamedTemporaryFile(suffix=".wav") as spoken:
        subprocess.run(["espeak-ng", "-v", VOICES[language], "-s", SPEED, "-w", spoken.name, text], check=True)
        subprocess.run(["sox", "-V1", "-G", spoken.name, "-r", str(RATE), "-c", "1", "-b", "16", str(file),
                        "rate", "-h", "norm", "-3", "highpass", "200", "lowpass", "3600", "pad", "0.05", "0.25"],
                       check=True)


def write(file, samples):
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(b"".join(struct.pack("<h", round(32767 * sample)) for sample in samples))


def beep():
    return [0.3 * math.sin(2 * math.pi * 1000 * n / RATE) * min(1, n / 80, (3199 - n) / 80) for n in range(3200)]


def calm():
    """Slow, soft chords: two tones that rise and fall, sixteen seconds, and again without a seam."""
    chords = ((261.63, 392.00), (220.00, 329.63), (174.61, 261.63), (196.00, 293.66))
    length = 4 * RATE
    return [0.12 * math.sin(math.pi * n / length) ** 2 * sum(math.sin(2 * math.pi * tone * n / RATE) for tone in chord)
            for chord in chords for n in range(length)]


def digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def make(language, folder):
    manifest = tomllib.loads((HERE / language / "manifest.toml").read_text("utf-8"))
    folder.mkdir(parents=True, exist_ok=True)

    def one(item):
        name, prompt = item
        file = folder / f"{name}.wav"
        if "sound" in prompt:
            write(file, {"beep": beep, "calm": calm}[prompt["sound"]]())
        else:
            speak(language, prompt["text"], file)
        text = prompt.get("text", prompt.get("sound"))
        return (f'[prompt.{name}]\ntext = {json.dumps(text, ensure_ascii=False)}\nspeaker = "espeak-ng"\ndraft = true\n'
                f'file = "{file.name}"\nsha256 = "{digest(file)}"\n')

    with ThreadPoolExecutor(2) as together:
        entries = list(together.map(one, manifest["prompt"].items()))
    fallback = json.dumps(manifest.get("fallback", []))
    (folder / "manifest.toml").write_text(f"fallback = {fallback}\n\n" + "\n".join(entries), "utf-8")


def main(folder, *languages):
    for language in languages or sorted(path.parent.name for path in HERE.glob("*/manifest.toml")):
        make(language, pathlib.Path(folder) / language)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
