// The mail server of the demonstration: the one of the tests. Prints its facts as one line, and ends when its input does.
import { MailPeer } from "../../tests/integration/email/mail_peer.mjs";

const peer = await MailPeer.make();
console.log(JSON.stringify({ imap: peer.imapUrl, smtp: peer.smtpUrl, port: peer.ports.smtp, ca: peer.ca, sink: peer.file("sink") }));
process.stdin.resume();
await new Promise((done) => {
  process.stdin.once("end", done).once("error", done);
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, done);
});
await peer.end();
process.exit(0);
