import type { AccountView, BackupsView, LinkView, NodeStatus, PluginView } from "../api";

/// What a helpline does before its first child writes; each `key` names its text and how it is done.
export interface Step {
  key: "people" | "secondAdmin" | "supervisor" | "channel" | "directory" | "peer" | "backup";
  done: boolean;
}

const channels = (plugins: PluginView[]) => plugins.filter((one) => one.kind === "channel");

/// In the order in which they are best done.
export function firstDay(status: NodeStatus, accounts: AccountView[], plugins: PluginView[], links: LinkView[], backups: BackupsView): Step[] {
  const active = (role: string) => accounts.filter((one) => one.active && one.roles.includes(role)).length;
  return [
    { key: "people", done: active("counsellor") + active("volunteer") > 0 },
    { key: "supervisor", done: active("supervisor") > 0 },
    { key: "secondAdmin", done: active("admin") > 1 },
    { key: "channel", done: channels(plugins).some((one) => one.state === "running") },
    { key: "backup", done: !!backups.key && backups.made.length > 0 },
    { key: "directory", done: status.directoryState === "valid" },
    { key: "peer", done: links.some((one) => one.up) },
  ];
}
