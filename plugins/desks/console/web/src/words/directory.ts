export interface DirectoryNode {
  id: string;
  country: string;
  name: string;
  languages: string[];
  services: string[];
}

/// The active nodes of a directory's text, as core/federation/directory.h describes it. What it cannot read it leaves out:
/// the node itself judges to whom something may go.
export const nodesOf = (note: string): DirectoryNode[] =>
  note.split("\n").flatMap((line) => {
    const found = /^node (\S+) country=(\S*) name="([^"]*)" (.*)status=(\w+)$/.exec(line);
    const list = (key: string) => new RegExp(`(?:^| )${key}=(\\S*)`).exec(found![4]!)?.[1]?.split(",").filter(Boolean) ?? [];
    return found && found[5] === "active" ? [{ id: found[1]!, country: found[2]!, name: found[3]!, languages: list("languages"), services: list("services") }] : [];
  });
