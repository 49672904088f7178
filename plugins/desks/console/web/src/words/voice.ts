// A voice comes as the telephone network speaks: G.711 A-law, one byte a sample. Browsers play it from a WAV file of plain samples.

const rateHz = 8_000;
const headBytes = 44;

/// The sample of a byte of A-law, -32256..32256.
export function sampleOf(byte: number): number {
  const bits = byte ^ 0x55; // every other bit is turned on the line
  const segment = (bits >> 4) & 7;
  const step = ((bits & 0x0f) << 4) + 8;
  const size = segment ? (step + 0x100) << (segment - 1) : step;
  return bits & 0x80 ? size : -size;
}

/// A WAV file of a voice, which every browser plays.
export function wavOf(voice: Uint8Array): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(headBytes + voice.length * 2);
  const view = new DataView(file.buffer);
  const text = (at: number, letters: string) => [...letters].forEach((one, index) => view.setUint8(at + index, one.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, file.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // of this chunk
  view.setUint16(20, 1, true); // plain samples
  view.setUint16(22, 1, true); // one voice
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, voice.length * 2, true);
  voice.forEach((byte, index) => view.setInt16(headBytes + index * 2, sampleOf(byte), true));
  return file;
}
