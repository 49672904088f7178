import type { Done } from "../api";
import { Refusal, type Door } from "./ask";

// Files cross the door in pieces.

const uploadBytes = 48 * 1024; // as numbers in JSON four times that

/// The file that proves a referral. Throws a Refusal.
export async function passportOf(door: Door, referral: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts: number[][] = [];
  let have = 0;
  let file: number[] = [];
  for (;;) {
    const piece = await door.ask("passportPiece", { referral, offset: String(have), file });
    parts.push(piece.bytes);
    have += piece.bytes.length;
    file = piece.file;
    if (have >= Number(piece.total)) return joined(parts, have);
    if (!piece.bytes.length) throw new Refusal("bad_answer");
  }
}

/// What was attached to a referral. Throws a Refusal.
export async function attachmentOf(door: Door, referral: string, attachment: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts: number[][] = [];
  let have = 0;
  for (;;) {
    const part = await door.ask("attachmentRead", { referral, attachment, offset: have });
    parts.push(part.bytes);
    have += part.bytes.length;
    if (have >= part.size) return joined(parts, have);
    if (!part.bytes.length) throw new Refusal("bad_answer");
  }
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

function joined(parts: number[][], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
