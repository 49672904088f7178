// Was the right thing heard? Two recordings of the same speech have the same curve of loudness, every
// 10 ms; other speech has not. 1.0 is the same.
import { readFileSync } from "node:fs";

/** Samples of a 16-bit WAV, its first channel, whatever headers it has. */
export function samples(file) {
  const bytes = readFileSync(file);
  let channels = 1, rate = 8000, at = 12;
  while (at + 8 <= bytes.length) {
    const name = bytes.toString("latin1", at, at + 4), size = bytes.readUInt32LE(at + 4), from = at + 8;
    if (name === "fmt ") [channels, rate] = [bytes.readUInt16LE(from + 2), bytes.readUInt32LE(from + 4)];
    if (name === "data") {
      const end = Math.min(bytes.length, from + (size === 0 || size > bytes.length ? bytes.length : size));
      const values = new Int16Array(Math.floor((end - from) / 2 / channels));
      for (let i = 0; i < values.length; i++) values[i] = bytes.readInt16LE(from + i * 2 * channels);
      return { values, rate };
    }
    at = from + size + (size & 1);
  }
  return { values: new Int16Array(0), rate };
}

function curve({ values, rate }, longest = Infinity) {
  const piece = Math.floor(rate / 100), loudness = [];
  for (let at = 0; at + piece <= values.length && loudness.length < longest; at += piece) {
    let sum = 0;
    for (let i = at; i < at + piece; i++) sum += values[i] * values[i];
    loudness.push(Math.log10(1 + sum / piece));
  }
  return loudness;
}

/** How well `part` (its first 2.5 s) is found anywhere in `whole`, and where, in seconds. */
export function heard(whole, part) {
  const said = curve(samples(part), 250), all = curve(samples(whole)), n = said.length;
  const mean = said.reduce((a, b) => a + b, 0) / n, away = said.map((value) => value - mean);
  const size = Math.hypot(...away);
  let score = 0, at = 0;
  for (let from = 0; from + n <= all.length; from++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += all[from + i];
    const here = sum / n;
    let squares = 0, product = 0;
    for (let i = 0; i < n; i++) { const d = all[from + i] - here; squares += d * d; product += d * away[i]; }
    const found = squares ? product / Math.sqrt(squares) / size : 0;
    if (found > score) [score, at] = [found, from / 100];
  }
  return { score, at };
}

/** Seconds of a recording that are louder than silence. */
export function loudSeconds(file) { return curve(samples(file)).filter((value) => value > 3).length / 100; }
