// Makes TypeScript of a Cap'n Proto schema as its JSON codec writes it: node typescript.mjs api.capnp > api.ts
//
// Reads what our schemas use: structs, nested structs, unnamed unions, Text, Data, Bool, Void, UInt16,
// UInt32, UInt64 and lists. Anything else is an error, never a guess. A 64-bit number is a text in JSON; a
// text, list or struct that was never set is absent there, so `shapes` says what stands in for it.
import { readFileSync, realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

const plain = {
  Text: ["string", "s"],
  Bool: ["boolean", "b"],
  Void: ["null", "v"],
  UInt16: ["number", "n"],
  UInt32: ["number", "n"],
  UInt64: ["string", "N"],
  Data: ["number[]", "d"],
};

/// The structs of a schema's text: [{ name, path, doc, fields: [{ name, type, optional, doc }] }].
export function parse(text) {
  const structs = [];
  const open = []; // structs and unions around the line that is read
  let last; // what a comment belongs to
  const inner = () => open.findLast((one) => one.fields);
  const declare = (code) => {
    const struct = /^struct (\w+) \{$/.exec(code);
    if (struct) {
      const path = [...open.filter((one) => one.fields).map((one) => one.own), struct[1]];
      last = { own: struct[1], name: path.join(""), path: path.join("."), doc: [], fields: [] };
      open.push(last);
      structs.push(last);
      return;
    }
    const field = /^(\w+) @\d+ :([\w.()]+);$/.exec(code);
    if (field && open.length) {
      last = { name: field[1], type: field[2], optional: !open.at(-1).fields, doc: [] };
      inner().fields.push(last);
    } else if (code === "union {" && open.length) {
      open.push({});
      last = undefined;
    } else if (code === "}" && open.length) {
      open.pop();
    } else throw new Error(`not understood: ${code}`);
  };
  for (const line of text.split("\n")) {
    if (/^(@0x|\$import)/.test(line)) continue;
    const [, code, comment] = /^([^#]*)(?:#\s*(.*))?$/.exec(line);
    const words = code.trim();
    if (words)
      for (const part of words.match(/[^{};]*[{};]|[^{};]+$/g)) declare(part.trim().replace(/\s+/g, " "));
    if (comment && !comment.startsWith("---")) last?.doc.push(comment);
    else if (!words) last = undefined;
  }
  if (open.length) throw new Error("a struct has no end");
  return structs;
}

/// The structs that may come in an answer.
function reachable(structs, resolve) {
  const seen = new Set(["Reply"]);
  for (const name of seen)
    for (const field of structs.find((one) => one.name === name).fields) {
      const shape = resolve(field.type, structs.find((one) => one.name === name))[1].replace(/^\[+/, "");
      if (shape.length > 1) seen.add(shape);
    }
  return structs.filter((one) => seen.has(one.name));
}

/// The schema as a TypeScript module.
export function typescript(text) {
  const structs = parse(text);
  const resolve = (type, from) => {
    if (plain[type]) return plain[type];
    const list = /^List\((.+)\)$/.exec(type);
    if (list) {
      const [name, shape] = resolve(list[1], from);
      return [`${name}[]`, `[${shape}`];
    }
    for (let scope = from.path; ; scope = scope.slice(0, Math.max(0, scope.lastIndexOf(".")))) {
      const wanted = scope ? `${scope}.${type}` : type;
      const found = structs.find((one) => one.path === wanted);
      if (found) return [found.name, found.name];
      if (!scope) throw new Error(`no such type: ${type}`);
    }
  };
  const doc = (lines, indent) => (lines.length ? `${indent}/** ${lines.join(" ").replaceAll("*/", "* /")} */\n` : "");
  const out = ["// Made by schemas/typescript.mjs from schemas/api.capnp; a test compares them.\n"];
  for (const struct of structs) {
    out.push(`\n${doc(struct.doc, "")}export interface ${struct.name} {\n`);
    for (const field of struct.fields)
      out.push(doc(field.doc, "  "), `  ${field.name}${field.optional ? "?" : ""}: ${resolve(field.type, struct)[0]};\n`);
    out.push("}\n");
  }
  out.push("\n/** Of each struct that an answer may have: what its fields are, for those that are left out. A member of a union ends in `?`: it is absent when it is not chosen. */\n");
  out.push("export const shapes: Record<string, Record<string, string>> = {\n");
  for (const struct of reachable(structs, resolve)) {
    const fields = struct.fields.map((field) => `${field.name}: "${resolve(field.type, struct)[1]}${field.optional ? "?" : ""}"`);
    out.push(`  ${struct.name}: { ${fields.join(", ")} },\n`);
  }
  out.push("};\n");
  return out.join("");
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.stdout.write(typescript(readFileSync(process.argv[2], "utf8")));
