// A real mail server on loopback: exim takes and sends, dovecot keeps the mailbox. Random ports, one
// temporary folder, no service manager: both run in process groups of their own and end with them.
// It needs root, since both give up their rights to the users of their packages.
import { execFile, spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { connect as tls } from "node:tls";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { freePort, until } from "../two_nodes.mjs";

const run = promisify(execFile);
export const dovecot = "/usr/sbin/dovecot", exim = "/usr/sbin/exim4";

const ids = new Map();
async function idsOf(user) {
  const of = async (flag) => Number((await run("id", [flag, user])).stdout);
  if (!ids.has(user)) ids.set(user, [await of("-u"), await of("-g")]);
  return ids.get(user);
}

async function own(folder, user) {
  await chown(folder, ...await idsOf(user));
}

const answers = (port) => new Promise((done) => {
  const socket = connect(port, "127.0.0.1", () => { socket.destroy(); done(true); });
  socket.on("error", () => done(false));
});

export class MailPeer {
  static possible() { return userInfo().uid === 0; }

  static async make() {
    const peer = new MailPeer();
    peer.folder = await mkdtemp(path.join(tmpdir(), "sanad-mail-"));
    peer.ports = {};
    for (const name of ["imaps", "lmtp", "smtp"]) peer.ports[name] = await freePort();
    peer.running = new Map();
    await chmod(peer.folder, 0o755);  // the users of the servers go through it
    for (const part of ["exim/spool", "exim/log", "dovecot/run", "dovecot/mail", "sink"]) await mkdir(peer.file(part), { recursive: true });
    for (const part of ["exim", "exim/spool", "exim/log", "sink"]) await own(peer.file(part), "Debian-exim");
    await own(peer.file("dovecot/mail"), "mail");
    await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
      "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", peer.file("key.pem"), "-out", peer.ca]);
    await chmod(peer.file("key.pem"), 0o644);  // exim reads it as its own user; it is worth nothing
    await writeFile(peer.file("dovecot.conf"), peer.dovecotSettings());
    await writeFile(peer.file("exim.conf"), peer.eximSettings());
    await peer.startDovecot();
    await peer.startExim();
    return peer;
  }

  file(name) { return path.join(this.folder, name); }
  get ca() { return this.file("cert.pem"); }
  get imapUrl() { return `imaps://localhost:${this.ports.imaps}`; }
  get smtpUrl() { return `smtp://localhost:${this.ports.smtp}`; }

  dovecotSettings() {
    return `base_dir = ${this.file("dovecot/run")}
state_dir = ${this.file("dovecot/run")}
log_path = ${this.file("dovecot/log")}
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <${this.ca}
ssl_key = <${this.file("key.pem")}
mail_location = maildir:${this.file("dovecot/mail")}/%n
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
recipient_delimiter = +
passdb {
  driver = static
  args = password=pass
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${this.file("dovecot/mail")}/%n
}
namespace inbox {
  inbox = yes
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${this.ports.imaps}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${this.ports.lmtp}
  }
}
protocol lmtp {
  auth_username_format = %Ln
}
`;
  }

  // Its own Authentication-Results on top, after a forged one of its own name was taken out.
  eximSettings() {
    return `primary_hostname = mx.helpline.test
spool_directory = ${this.file("exim/spool")}
log_file_path = ${this.file("exim/log")}/%slog
pid_file_path = ${this.file("exim/exim.pid")}
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${this.ports.smtp}
message_size_limit = 30M
tls_advertise_hosts = *
tls_certificate = ${this.ca}
tls_privatekey = ${this.file("key.pem")}
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
acl_smtp_rcpt = rcpt
acl_smtp_data = data
domainlist ours = helpline.test
begin acl
rcpt:
  deny  recipients = refused@outside.test
        message = 550 5.1.1 no such user
  defer recipients = later@outside.test
        message = 451 4.2.0 try again
  accept domains = +ours : outside.test
  deny  message = relay not permitted
data:
  warn remove_header = Authentication-Results
  warn add_header = :at_start:\${authresults {\$primary_hostname}}
  accept
begin routers
inbox:
  driver = accept
  domains = helpline.test
  local_parts = help
  local_part_suffix = +*
  local_part_suffix_optional
  transport = to_dovecot
gone:
  driver = redirect
  domains = outside.test
  local_parts = gone
  allow_fail
  data = :fail: no such mailbox
outside:
  driver = accept
  domains = outside.test
  transport = sink
begin transports
to_dovecot:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  port = ${this.ports.lmtp}
  allow_localhost
  hosts_override
  rcpt_include_affixes
  return_path_add
  delivery_date_add
sink:
  driver = appendfile
  file = ${this.file("sink")}/\$message_exim_id.eml
  create_directory
  user = Debian-exim
  envelope_to_add
  return_path_add
begin retry
*  *  F,1m,5s
`;
  }

  async begin(name, program, args, ports) {
    const child = spawn(program, args, { detached: true, stdio: "ignore" });
    child.ended = new Promise((done) => child.on("exit", done));
    this.running.set(name, child);
    await until(`${name} answers`, 15_000, async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended`);
      for (const port of ports) if (!await answers(port)) return false;
      return true;
    });
  }
  startDovecot() { return this.begin("dovecot", dovecot, ["-F", "-c", this.file("dovecot.conf")], [this.ports.imaps, this.ports.lmtp]); }
  startExim() { return this.begin("exim", exim, ["-C", this.file("exim.conf"), "-bdf", "-q1s"], [this.ports.smtp]); }

  /** Ends a server and all its children, at once. */
  async kill(name, signal = "SIGKILL") {
    const child = this.running.get(name);
    if (!child) return;
    this.running.delete(name);
    try { process.kill(-child.pid, signal); } catch { /* it has ended by itself */ }
    await child.ended;
    // Its children hold its ports until the last of them is gone.
    await until(`all of ${name} is gone`, 15_000, () => { try { process.kill(-child.pid, 0); return false; } catch { return true; } });
  }
  /** Stops or continues a server's processes. */
  signal(name, signal) { process.kill(-this.running.get(name).pid, signal); }

  async end() {
    for (const name of [...this.running.keys()]) await this.kill(name);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** Hands a mail to exim as a stranger would; lines as they stand. */
  async send(mail, { from = "sara@outside.test", to = "help@helpline.test" } = {}) {
    const socket = connect(this.ports.smtp, "127.0.0.1");
    let said = "";
    socket.setEncoding("utf8");
    socket.on("data", (text) => { said += text; });
    const answer = (code) => until(`SMTP ${code}`, 15_000, async () => {
      const line = said.split("\r\n").findLast((one) => /^\d{3} /.test(one));
      if (line && !line.startsWith(code)) throw new Error(`SMTP: ${line}`);
      if (line) said = "";
      return line;
    });
    await answer("220");
    for (const [line, code] of [["EHLO outside.test", "250"], [`MAIL FROM:<${from}>`, "250"], [`RCPT TO:<${to}>`, "250"], ["DATA", "354"],
      [mail.replace(/\r?\n/g, "\r\n").replace(/^\./gm, "..") + "\r\n.", "250"]]) {
      socket.write(line + "\r\n");
      await answer(code);
    }
    socket.destroy();
  }

  /** A second listener on the mailbox; `at`: when it was told of the next mail. */
  async announcement() {
    const socket = tls({ port: this.ports.imaps, host: "127.0.0.1", servername: "localhost", ca: await readFile(this.ca) });
    socket.setEncoding("utf8");
    socket.on("error", () => {});
    let said = "", told;
    const at = new Promise((done) => { told = done; });
    socket.on("data", (text) => {
      said += text;
      if (/\+ idling[^]*\* \d+ EXISTS/.test(said)) { told(Date.now()); socket.destroy(); }
    });
    for (const [line, answer] of [["a LOGIN help pass", "a OK"], ["b SELECT INBOX", "b OK"], ["c IDLE", "+ idling"]]) {
      socket.write(line + "\r\n");
      await until(answer, 10_000, () => said.includes(answer));
    }
    return { at };
  }

  maildir(folder) { return this.file(folder === "INBOX" ? "dovecot/mail/help" : `dovecot/mail/help/.${folder}`); }
  /** How many mails are in a folder of the mailbox. */
  async count(folder) {
    let count = 0;
    for (const part of ["new", "cur"]) count += (await readdir(path.join(this.maildir(folder), part)).catch(() => [])).length;
    return count;
  }
  async makeFolders() {
    for (const part of ["", "new", "cur", "tmp"]) {
      await mkdir(path.join(this.maildir("INBOX"), part), { recursive: true });
      await own(path.join(this.maildir("INBOX"), part), "mail");
    }
  }
  /** Puts mails into INBOX without a server in between. */
  async put(mails) {
    await this.makeFolders();
    for (const [at, mail] of mails.entries()) {
      const name = `${Date.now()}.${at}_${Math.random().toString(36).slice(2)}.test`;
      const file = path.join(this.maildir("INBOX"), "tmp", name);
      await writeFile(file, mail);
      await own(file, "mail");
      await rename(file, path.join(this.maildir("INBOX"), "new", name));
    }
  }
  /** Mails that went out, the oldest first, as text. */
  async sent() {
    const all = await readdir(this.file("sink"));
    const names = all.filter((name) => name.endsWith(".eml") && !all.includes(`${name}.lock`)).sort();
    return Promise.all(names.map((name) => readFile(this.file(`sink/${name}`), "utf8")));
  }
}

/** An invented mail; headers beside the usual ones, each a line. */
export function letter({ from = "Sara <sara@outside.test>", to = "help@helpline.test", subject = "salut", id = `<${Math.random().toString(36).slice(2)}@outside.test>`, headers = [], text = "bonjour" } = {}) {
  return [`From: ${from}`, `To: ${to}`, `Subject: ${subject}`, `Message-ID: ${id}`, `Date: ${new Date().toUTCString()}`, "MIME-Version: 1.0",
    ...(headers.some((one) => /^content-type:/i.test(one)) ? [] : ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]),
    ...headers, "", text, ""].join("\r\n");
}
