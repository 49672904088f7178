// A node whose e-mail plugin runs isolated, beside a real mail server.
import { writeFile } from "node:fs/promises";
import { TwoNodes, until } from "../two_nodes.mjs";
import { pluginProcesses } from "../plugins/processes.mjs";
import { MailPeer } from "./mail_peer.mjs";

export class EmailNode {
  /** more: settings of the plugin beside the usual ones; peer: a mail server that runs already */
  static async make(build, more = {}) {
    const node = new EmailNode();
    node.peer = await MailPeer.make();
    try {
      const settings = {
        address: "help@helpline.test", imapUrl: node.peer.imapUrl, smtpUrl: node.peer.smtpUrl, user: "help",
        caFile: node.peer.ca, smtpAuth: false, authserv: "mx.helpline.test", answerSeconds: 5, pollSeconds: 1,
        mailsPerSenderAndHour: 10000, ...more };
      node.nodes = await TwoNodes.make(build, (country, toml) => {
        if (country !== "ma") return toml;
        const password = node.nodes_password = `${node.peer.folder}/password`;
        const lines = Object.entries({ ...settings, passwordFile: password }).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
        return `${toml}\n[[plugin]]\ninstance = "mail"\nplugin = "${build}/plugins/channels/email/email.so"\nrun = "isolated"\n[plugin.config]\n${lines.join("\n")}\n` +
          `helpline = { ar = "خط المساعدة", fr = "La ligne", en = "The helpline" }\n`;
      });
      await writeFile(node.nodes_password, "pass\n", { mode: 0o600 });
      await node.nodes.start("ma");
    } catch (error) {
      await node.end();
      throw error;
    }
    return node;
  }

  async end() {
    await this.nodes?.end();
    await this.peer.end();
  }

  ask(...args) { return this.nodes.ask("ma", ...args); }
  plugin() { return this.ask("plugin", "info", "mail").then((all) => all[0]); }
  contacts() { return this.ask("contact", "list"); }
  /** Waits for so many contacts, and gives them. */
  async waitForContacts(count, ms = 20_000) {
    return until(`${count} contacts`, ms, async () => {
      const all = await this.contacts();
      return all.length === count && all;
    });
  }
  show(id) { return this.ask("contact", "show", id).then((all) => all[0] ?? all); }
  watching(ms = 20_000) { return until("the mailbox is watched", ms, async () => (await this.plugin()).state === "running" && !(await this.plugin()).reason); }
  async killPlugin() {
    for (const id of await pluginProcesses("mail", this.nodes.running.get("ma").pid)) process.kill(id, "SIGKILL");
  }
}
