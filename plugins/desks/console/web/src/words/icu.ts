// ICU MessageFormat, as much of it as our texts use: {name}, {n, number}, plural and select, nested, and #.

type Values = Record<string, string | number>;
type Part = string | { name: string; kind: string; cases: Map<string, Part[]> };

/// The parts of a message. Throws on what is not well formed, so a test of all texts finds it.
export function parse(text: string): Part[] {
  let at = 0;
  const word = (end: string): string => {
    const from = at;
    while (at < text.length && !end.includes(text.charAt(at))) at += 1;
    return text.slice(from, at).trim();
  };
  const expect = (sign: string) => {
    if (text.charAt(at) !== sign) throw new Error(`"${sign}" missing at ${at} of: ${text}`);
    at += 1;
  };
  const argument = (): Part => {
    expect("{");
    const name = word(",}");
    if (!/^\w+$/.test(name)) throw new Error(`no name at ${at} of: ${text}`);
    const cases = new Map<string, Part[]>();
    let kind = "";
    if (text.charAt(at) === ",") {
      at += 1;
      kind = word(",}");
      if (text.charAt(at) === ",") {
        at += 1;
        for (let key = word("{}"); text.charAt(at) === "{"; key = word("{}")) {
          expect("{");
          cases.set(key, parts(true));
          expect("}");
        }
        if (!cases.has("other")) throw new Error(`no other in: ${text}`);
      }
      if (!(cases.size ? ["plural", "select"] : ["number"]).includes(kind)) throw new Error(`${kind} in: ${text}`);
    }
    expect("}");
    return { name, kind, cases };
  };
  const parts = (inside: boolean): Part[] => {
    const made: Part[] = [];
    while (at < text.length) {
      const sign = text.charAt(at);
      if (sign === "{") made.push(argument());
      else if (sign === "}" && inside) return made;
      else if (sign === "}") throw new Error(`"}" at ${at} of: ${text}`);
      else {
        const from = at;
        while (at < text.length && !"{}".includes(text.charAt(at))) at += 1;
        made.push(text.slice(from, at));
      }
    }
    return made;
  };
  return parts(false);
}

/// The names that a message wants.
export const names = (parts: Part[]): string[] =>
  parts.flatMap((part) =>
    typeof part === "string" ? [] : [part.name, ...[...part.cases.values()].flatMap((inner) => names(inner))],
  );

/// The message in words. `locale` is a BCP 47 tag.
export function format(parts: Part[], values: Values, locale: string, count?: number): string {
  const number = (value: number) => value.toLocaleString(locale);
  return parts
    .map((part) => {
      if (typeof part === "string") return count === undefined ? part : part.replaceAll("#", number(count));
      const value = values[part.name] ?? "";
      if (!part.cases.size) return typeof value === "number" ? number(value) : value;
      const key = part.kind === "plural" ? new Intl.PluralRules(locale).select(Number(value)) : String(value);
      const chosen = part.cases.get(`=${value}`) ?? part.cases.get(key) ?? part.cases.get("other") ?? [];
      return format(chosen, values, locale, part.kind === "plural" ? Number(value) : count);
    })
    .join("");
}
