// Whatever is killed and whenever: each mail is one message, and each answer leaves at most once.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { rm } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { freePort, until } from "../two_nodes.mjs";
import { EmailNode } from "./email_node.mjs";
import { letter } from "./mail_peer.mjs";

const build = process.argv[2];

// Always the same numbers: what failed once fails again.
function* random(seed) {
  for (;;) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    yield seed / 2147483648;
  }
}

test("the plugin is killed again and again while mails come in: each is one contact", async (context) => {
  const node = await EmailNode.make(build, { automaticAnswer: false });
  context.after(() => node.end());
  const count = 60, chance = random(7);
  const mails = Array.from({ length: count }, (_, at) => letter({ from: `p${at}@outside.test`, id: `<m${at}@outside.test>`, text: `message ${at}` }));
  for (let at = 0; at < count; at += 10) {
    await node.peer.put(mails.slice(at, at + 10));
    await new Promise((next) => setTimeout(next, 10 + 400 * chance.next().value));
    await node.killPlugin();
  }
  // The node lets a plugin rest that falls too often; a person has it tried again.
  await until("all are taken", 60_000, async () => {
    if ((await node.plugin()).state === "quarantined") await node.ask("plugin", "resume", "mail");
    return await node.peer.count("INBOX") === 0 && await node.peer.count("Processed") >= count;
  });
  const eachIsOnce = async () => {
    const contacts = await node.contacts();
    const texts = [];
    for (const one of contacts) texts.push(...(await node.show(one.id)).messages.map((it) => it.text));
    assert.deepEqual(texts.sort(), mails.map((_, at) => `salut\n\nmessage ${at}`).sort());
    assert.equal(contacts.length, count);
  };
  await eachIsOnce();

  await context.test("a mailbox that numbers its mails anew, with all of them in it again, changes nothing", async () => {
    await node.peer.kill("dovecot");
    await rm(path.join(node.peer.maildir("INBOX"), "dovecot-uidlist"), { force: true });
    await rm(path.join(node.peer.maildir("INBOX"), "dovecot.index.log"), { force: true });
    await node.peer.put(mails);
    await node.peer.startDovecot();
    await until("all are taken out again", 90_000, async () => await node.peer.count("INBOX") === 0);
    await eachIsOnce();
  });
});

// Takes mails but says nothing after their text.
async function holdingServer() {
  const server = { texts: 0, port: await freePort(), holds: true, sockets: [] };
  server.tcp = createServer((socket) => {
    server.sockets.push(socket);
    socket.on("error", () => {});
    let text = false, left = "";
    socket.setEncoding("utf8");
    socket.write("220 held.test\r\n");
    socket.on("data", (bytes) => {
      left += bytes;
      for (let end; (end = left.indexOf("\r\n")) >= 0;) {
        const line = left.slice(0, end);
        left = left.slice(end + 2);
        if (text) {
          if (line !== ".") continue;
          text = false;
          server.texts += 1;
          if (!server.holds) socket.write("250 ok\r\n");
        } else if (line === "DATA") {
          text = true;
          socket.write("354 go\r\n");
        } else {
          socket.write("250 ok\r\n");
        }
      }
    });
  });
  await new Promise((done) => server.tcp.listen(server.port, "127.0.0.1", done));
  server.end = () => { server.tcp.close(); for (const socket of server.sockets) socket.destroy(); };
  return server;
}

test("killed between a mail's text and the server's 250, it sends nothing twice and a counsellor is told", async (context) => {
  const server = await holdingServer();
  context.after(() => server.end());
  const node = await EmailNode.make(build, { automaticAnswer: false, smtpUrl: `smtp://127.0.0.1:${server.port}`, smtpInClear: true });
  context.after(() => node.end());
  await node.peer.put([letter()]);
  const [contact] = await node.waitForContacts(1);
  await node.ask("contact", "open", contact.id);
  await node.ask("contact", "reply", contact.id, "nous sommes là");
  await until("the text has left", 20_000, () => server.texts === 1);
  server.holds = false;
  await node.killPlugin();
  const marks = async () => { const one = await node.show(contact.id); return one.marks.concat(one.messages.flatMap((it) => it.marks)); };
  await until("the counsellor is told", 60_000, async () => (await marks()).includes("maybe_not_sent"));
  assert.equal(server.texts, 1);
  await node.ask("contact", "reply", contact.id, "encore un mot");
  await until("the next one goes", 20_000, () => server.texts === 2);
  await until("nothing waits", 20_000, async () => (await node.plugin()).waiting === 0);
  assert.equal(server.texts, 2);
});
