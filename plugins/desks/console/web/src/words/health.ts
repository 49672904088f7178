import type { BackupsView, LinkView, NodeStatus, PluginView } from "../api";

/// One thing that is red or about to be; `key` names its text and how to mend it.
export interface Trouble {
  key: "fault" | "directoryNone" | "directorySoft" | "directoryHard" | "auditBad" | "auditAlarms" | "clockWrong" | "plugin" | "deadLetters" | "linkFrozen" | "linkDown" | "backupNone" | "backupFailed" | "backupLate";
  what: string;
  urgent: boolean;
}

/// What is wrong with a node, the urgent first.
export function troubles(status: NodeStatus, plugins: PluginView[], links: LinkView[], backups?: BackupsView): Trouble[] {
  const found: Trouble[] = [];
  const add = (key: Trouble["key"], what: string, urgent: boolean) => found.push({ key, what, urgent });
  if (!status.healthy) add("fault", status.fault, true);
  if (status.clockWrong) add("clockWrong", status.timeFloor, true);
  if (status.directoryState === "none") add("directoryNone", "", true);
  if (status.directoryState === "expired_hard") add("directoryHard", status.directoryExpires, true);
  if (status.directoryState === "expired_soft") add("directorySoft", status.directoryExpires, false);
  if (status.auditBad) add("auditBad", status.auditBad, true);
  if (status.auditAlarms) add("auditAlarms", String(status.auditAlarms), true);
  for (const one of plugins) {
    if (isBroken(one)) add("plugin", one.instance, true);
    if (one.deadLetters.length) add("deadLetters", one.instance, false);
  }
  for (const one of links) {
    if (one.frozen) add("linkFrozen", one.peer, true);
    else if (!one.up) add("linkDown", one.peer, false);
  }
  if (backups && !backups.key) add("backupNone", "", false);
  else if (backups?.fault) add("backupFailed", backups.fault, true);
  else if (backups?.late) add("backupLate", backups.made[0]?.at ?? "", true);
  return found.sort((one, other) => Number(other.urgent) - Number(one.urgent));
}

/// One code of a handover, such as `link_down tn.amal`, as the trouble that it names. `key` is empty where this page does not
/// know it.
export function troubleOf(code: string): { key: Trouble["key"] | ""; what: string } {
  const [name = "", ...rest] = code.split(" ");
  const keys: Record<string, Trouble["key"]> = {
    fault: "fault", clock_wrong: "clockWrong", directory_none: "directoryNone", directory_expired_soft: "directorySoft",
    directory_expired_hard: "directoryHard", audit_bad: "auditBad", audit_alarms: "auditAlarms", plugin: "plugin",
    dead_letters: "deadLetters", link_frozen: "linkFrozen", link_down: "linkDown",
  };
  return { key: keys[name] ?? "", what: rest.join(" ") };
}

/// Whether a plugin does not do its work, and not because somebody switched it off.
export const isBroken = (plugin: PluginView): boolean =>
  ["quarantined", "failed", "crashed", "hung"].includes(plugin.state) || plugin.health === "failed";

/// How many of our entries a peer has not receipted yet.
export const unreceipted = (link: LinkView): bigint =>
  link.lanes.reduce((sum, lane) => sum + BigInt(lane.sent) - BigInt(lane.receipted), 0n);
