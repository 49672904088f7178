import type { Done } from "../api";
import { Refusal, type Door } from "./ask";

// Files cross the door in pieces.

const uploadBytes = 48 * 1024; // as numbers in JSON four times that

/// The file that proves a referral. Throws a Refusal.
export function passportOf(door: Door, referral: string): Promise<Uint8Array<ArrayBuffer>> {
  let file: number[] = [];
  return whole(async (have) => {
    const piece = await door.ask("passportPiece", { referral, offset: String(have), file });
    file = piece.file;
    return { bytes: piece.bytes, size: Number(piece.total) };
  });
}

/// What was attached to a referral. Throws a Refusal.
export const attachmentOf = (door: Door, referral: string, attachment: string): Promise<Uint8Array<ArrayBuffer>> =>
  whole((have) => door.ask("attachmentRead", { referral, attachment, offset: have }));

/// What came with a contact, as far as it came; `whole` says whether its end is there. The node keeps in its audit that it was
/// read. Throws a Refusal.
export async function contactFileOf(door: Door, contact: string, file: string, done: (part: number) => void): Promise<{ bytes: Uint8Array<ArrayBuffer>; whole: boolean }> {
  let part = 0;
  let complete = false;
  const bytes = await whole(async (have) => {
    const piece = await door.ask("contactFileRead", { contact, file, part });
    part += 1;
    complete = piece.whole;
    done(piece.parts ? part / piece.parts : 1);
    return { bytes: piece.bytes, size: part < piece.parts ? Infinity : have + piece.bytes.length };
  });
  return { bytes, whole: complete };
}

/// Attaches a file. Its `state` says whether it was sent, or refused for what it is. `done`: how much of it the node has, 0..1.
export async function attach(door: Door, referral: string, name: string, bytes: Uint8Array, done: (part: number) => void): Promise<Done> {
  let upload = "";
  for (let offset = 0; ; ) {
    const part = bytes.subarray(offset, offset + uploadBytes);
    const last = offset + part.length >= bytes.length;
    const answer = await door.ask("attachmentAdd", { referral, upload, name, offset, bytes: [...part], last });
    offset += part.length;
    done(offset / bytes.length);
    if (last) return answer;
    upload = answer.id;
  }
}

/// A file from its pieces; `next` gets the one that begins behind what is there.
async function whole(next: (have: number) => Promise<{ bytes: number[]; size: number }>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for (let have = 0; ; ) {
    const { bytes, size } = await next(have);
    parts.push(Uint8Array.from(bytes));
    have += bytes.length;
    if (have >= size) return joined(parts, have);
    if (!bytes.length) throw new Refusal("bad_answer");
  }
}

function joined(parts: Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
