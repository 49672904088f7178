export interface DirectoryNode {
  id: string;
  country: string;
  name: string;
}

/// The active nodes of a directory's text, as core/federation/directory.h describes it. What it cannot read it leaves out:
/// the node itself judges to whom something may go.
export const nodesOf = (note: string): DirectoryNode[] =>
  note.split("\n").flatMap((line) => {
    const found = /^node (\S+) country=(\S*) name="([^"]*)" .* status=(\w+)$/.exec(line);
    return found && found[4] === "active" ? [{ id: found[1]!, country: found[2]!, name: found[3]! }] : [];
  });
