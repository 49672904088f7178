// The e-mail plugin, isolated, in a real node, against a real exim and a real dovecot.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import test from "node:test";
import { until } from "../two_nodes.mjs";
import { EmailNode } from "./email_node.mjs";
import { letter } from "./mail_peer.mjs";

const build = process.argv[2];

const header = (mail, name) => new RegExp(`^${name}: *(.*(?:\\r?\\n[ \\t].*)*)`, "im").exec(mail)?.[1].replace(/\s+/g, " ").trim();
const marksOf = (contact) => contact.messages.flatMap((one) => one.marks).concat(contact.marks);

test("a mailbox and its node", async (context) => {
  const node = await EmailNode.make(build, { mailsPerSenderAndHour: 100 });
  context.after(() => node.end());
  const { peer } = node;
  await node.watching();
  const mails = async (to) => (await peer.sent()).filter((mail) => header(mail, "To")?.includes(to));
  const written = async (to) => (await mails(to)).filter((mail) => !header(mail, "Auto-Submitted"));

  const contactWith = (text) => until(`a contact with: ${text}`, 30_000, async () => {
    for (const one of await node.contacts()) {
      const shown = await node.show(one.id);
      if (shown.messages[0].text.includes(text)) return shown;
    }
  });

  let contact, reply;
  await context.test("a mail in Arabic is a contact soon after the server has it", async () => {
    const announced = await peer.announcement();
    await peer.send(letter({ subject: "سلام", text: "أحتاج إلى مساعدة من فضلكم" }));
    const [one] = await until("a contact", 30_000, async () => { const all = await node.contacts(); return all.length === 1 && all; });
    const ms = Date.parse(one.createdAt) - await announced.at;
    context.diagnostic(`from the server's announcement to the contact: ${ms} ms`);
    assert.ok(ms < 2000, `${ms} ms`);  // a few on a machine that does nothing else
    contact = await node.show(one.id);
    assert.equal(contact.channel, "email");
    assert.equal(contact.messages[0].text, "سلام\n\nأحتاج إلى مساعدة من فضلكم");
    await until("it leaves the inbox", 5_000, async () => await peer.count("INBOX") === 0 && await peer.count("Processed") === 1);
  });

  await context.test("it is answered at once, in Arabic, and nothing of the mail is in it", async () => {
    const [automatic] = await until("the automatic answer", 30_000, async () => { const all = await mails("sara@"); return all.length && all; });
    assert.equal(header(automatic, "Auto-Submitted"), "auto-replied");
    assert.equal(header(automatic, "Return-path"), "<>");
    assert.ok(!automatic.includes(Buffer.from("أحتاج").toString("base64").slice(0, 8)));
  });

  await context.test("a counsellor's answer arrives in the same thread", async () => {
    await node.ask("contact", "open", contact.id);
    await node.ask("contact", "reply", contact.id, "نحن هنا ونسمعك");
    [reply] = await until("the answer", 30_000, async () => { const all = await written("sara@"); return all.length && all; });
    assert.equal(header(reply, "In-Reply-To"), header(reply, "References"));
    assert.match(header(reply, "Return-path"), /^<help\+[a-z2-7]{16}@helpline\.test>$/);
  });

  await context.test("what the person answers lands in the same contact, by the address and by the references", async () => {
    const sender = header(reply, "Return-path").slice(1, -1);
    await peer.send(letter({ text: "شكرا لكم" }), { to: sender.toUpperCase().replace("HELPLINE.TEST", "helpline.test").replace("HELP", "help") });
    await peer.send(letter({ text: "مرة أخرى", headers: [`In-Reply-To: ${header(reply, "Message-ID")}`, `References: ${header(reply, "References")} ${header(reply, "Message-ID")}`] }));
    const shown = await until("both", 30_000, async () => { const one = await node.show(contact.id); return one.messages.length === 4 && one; });
    assert.deepEqual(shown.messages.map((one) => one.from), ["person", "amina", "person", "person"]);
    assert.equal((await node.contacts()).length, 1);
  });

  await context.test("somebody else who writes into it is marked, and gets nothing of it", async () => {
    await peer.send(letter({ from: "other@outside.test", text: "c'est moi", headers: [`In-Reply-To: ${header(reply, "Message-ID")}`] }), { from: "other@outside.test" });
    const shown = await until("the mark", 30_000, async () => { const one = await node.show(contact.id); return one.messages.length === 5 && one; });
    assert.ok(shown.messages[4].marks.includes("other_sender"));
    await node.ask("contact", "reply", contact.id, "نراك غدا");
    await until("the answer to the first", 30_000, async () => (await written("sara@")).length === 2);
    assert.equal((await mails("other@")).length, 0);
  });

  await context.test("the same mail again changes nothing", async () => {
    const again = letter({ from: "nour@outside.test", id: "<same@outside.test>", text: "une seule fois" });
    await peer.put([again]);
    await until("it is taken", 30_000, async () => (await node.contacts()).length === 2 && await peer.count("INBOX") === 0);
    await peer.put([again]);
    await until("it is taken out again", 30_000, async () => await peer.count("INBOX") === 0);
    const nour = (await node.contacts()).find((one) => one.id !== contact.id);
    assert.equal((await node.show(nour.id)).messages.length, 1);
  });

  await context.test("an image is left out, and the counsellor knows", async () => {
    await peer.send(letter({ from: "lina@outside.test", headers: ['Content-Type: multipart/mixed; boundary="b"'],
      text: ["--b", "Content-Type: text/plain", "", "voici la photo", "--b", 'Content-Type: image/png; name="a.png"', "Content-Transfer-Encoding: base64", "",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "--b--"].join("\r\n") }), { from: "lina@outside.test" });
    assert.ok(marksOf(await contactWith("voici la photo")).includes("image_left_out"));
    await until("the kind answer", 30_000, async () => (await mails("lina@")).length === 1);
  });

  await context.test("a text that is attached is kept", async () => {
    await peer.send(letter({ from: "amal@outside.test", headers: ['Content-Type: multipart/mixed; boundary="b"'],
      text: ["--b", "Content-Type: text/plain", "", "voici le texte", "--b", 'Content-Type: text/plain; name="notes.txt"', 'Content-Disposition: attachment; filename="notes.txt"', "",
        "une ligne\r\n".repeat(4000), "--b--"].join("\r\n") }), { from: "amal@outside.test" });
    const amal = await contactWith("voici le texte");
    assert.deepEqual(marksOf(amal), []);
    await until("it leaves the inbox", 5_000, async () => await peer.count("INBOX") === 0);
  });

  await context.test("what the sender writes under our server's name is not believed, what the server writes is", async () => {
    const failed = "Authentication-Results: mx.helpline.test; dmarc=fail header.from=outside.test";
    await peer.send(letter({ from: "hiba@outside.test", text: "un en-tête inventé", headers: [failed] }), { from: "hiba@outside.test" });
    assert.ok(!marksOf(await contactWith("un en-tête inventé")).includes("sender_failed"));
    await peer.put([`${failed}\r\n${letter({ from: "hind@outside.test", text: "un en-tête du serveur" })}`]);
    assert.ok(marksOf(await contactWith("un en-tête du serveur")).includes("sender_failed"));
  });

  await context.test("machines get no answer", async () => {
    await peer.send(letter({ from: "robot@outside.test", headers: ["Auto-Submitted: auto-replied"], text: "je suis absent" }), { from: "robot@outside.test" });
    await peer.send(letter({ from: "list@outside.test", headers: ["List-Id: <news.outside.test>", "Precedence: bulk"], text: "les nouvelles" }), { from: "list@outside.test" });
    await peer.send(letter({ from: "loop@outside.test", headers: Array(27).fill("Received: from a by b; Tue, 01 Dec 2026 00:00:00 +0000"), text: "encore" }), { from: "loop@outside.test" });
    await peer.send(letter({ from: "last@outside.test", text: "bonjour, pouvez-vous m'aider ?" }), { from: "last@outside.test" });
    await until("the answer to a person who wrote later", 30_000, async () => (await mails("last@")).length === 1);
    for (const name of ["robot@", "list@", "loop@"]) assert.equal((await mails(name)).length, 0, name);
  });

  await context.test("an address that does not exist: the counsellor is told, by 5xx and by a report that comes back", async () => {
    for (const name of ["refused", "gone"]) {
      const before = (await node.contacts()).map((one) => one.id);
      await peer.put([letter({ from: `${name}@outside.test`, text: `bonjour de ${name}`, headers: [`Return-Path: <>`] })]);
      const one = await until("the contact", 30_000, async () => (await node.contacts()).find((it) => !before.includes(it.id)));
      await node.ask("contact", "open", one.id);
      await node.ask("contact", "reply", one.id, "nous sommes là");
      await until(`not delivered: ${name}`, 20_000, async () => marksOf(await node.show(one.id)).includes("not_delivered"));
    }
  });

  await context.test("the server is killed while it is listened to: the plugin says so and comes back", async () => {
    await peer.kill("dovecot");
    await until("degraded", 40_000, async () => (await node.plugin()).health === "degraded");
    await peer.startDovecot();
    const before = (await node.contacts()).length;
    await peer.send(letter({ from: "yasmine@outside.test", text: "je suis revenue" }), { from: "yasmine@outside.test" });
    await until("the contact", 70_000, async () => (await node.contacts()).length === before + 1);
    await until("well again", 40_000, async () => (await node.plugin()).health === "ok");
  });

  await context.test("a server that answers no more is left after its time", async () => {
    await peer.kill("dovecot");
    const sockets = [];
    const silent = createServer((socket) => { sockets.push(socket); socket.on("error", () => {}); });
    await new Promise((done) => silent.listen(peer.ports.imaps, "127.0.0.1", done));
    await until("timed out", 60_000, async () => (await node.plugin()).healthReason === "timed_out");
    silent.close();
    for (const socket of sockets) socket.destroy();
  });
});
