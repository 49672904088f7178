// A thousand mails that wait: how many a second are on the node's disk.
import assert from "node:assert/strict";
import test from "node:test";
import { until } from "../two_nodes.mjs";
import { EmailNode } from "./email_node.mjs";
import { letter } from "./mail_peer.mjs";

test("a thousand mails are a thousand contacts", async (context) => {
  const node = await EmailNode.make(process.argv[2], { automaticAnswer: false });
  context.after(() => node.end());
  await node.ask("plugin", "disable", "mail");
  await node.peer.put(Array.from({ length: 1000 }, (_, at) => letter({ from: `p${at}@outside.test`, id: `<m${at}@outside.test>`, text: `message ${at}` })));
  const begun = Date.now();
  await node.ask("plugin", "enable", "mail");
  await until("all are taken", 120_000, async () => await node.peer.count("Processed") === 1000);
  const ms = Date.now() - begun;
  console.log(`# 1000 mails in ${ms} ms: ${Math.round(1e6 / ms)} a second`);
  // The command line lists some of them; the plugin has counted what was new.
  await until("they are counted", 20_000, async () => (await node.plugin()).measures.find((one) => one.name === "taken")?.count === "1000");
  assert.equal(await node.peer.count("INBOX"), 0);
});
