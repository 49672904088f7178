import { shapes, type Reply } from "../api";

// What Cap'n Proto's JSON leaves out comes back as its default, so that pages need not ask for each field.

const defaults: Record<string, unknown> = { s: "", b: false, n: 0, N: "0", v: null };

function whole(value: unknown, shape: string): unknown {
  if (shape.startsWith("["))
    return Array.isArray(value) ? value.map((one) => whole(one, shape.slice(1))) : [];
  if (shape === "d") return Array.isArray(value) ? value : [];
  if (shape in defaults) return value ?? defaults[shape];
  const given = (value ?? {}) as Record<string, unknown>;
  const made: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(shapes[shape] ?? {})) {
    if (!kind.endsWith("?")) made[name] = whole(given[name], kind);
    else if (name in given) made[name] = whole(given[name], kind.slice(0, -1));
  }
  return made;
}

/// An answer with every field in it; what this page does not know is left out.
export const wholeReply = (json: unknown): Reply => whole(json, "Reply") as Reply;
