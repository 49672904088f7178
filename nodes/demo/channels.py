"""Morocco's telephone and mailbox in the demonstration: what their plugins are told, and the mail server behind one of
them. Both need root, for the servers' own users; where they cannot be, the demonstration goes on without."""
import email
import email.policy
import json
import os
import pathlib
import shutil
import subprocess
import sys

from program import DemoError, Program

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DRAFTS = SOURCE / "config/prompts/make_drafts.py"
MAIL_SERVER = pathlib.Path(__file__).with_name("mailbox.mjs")
CALL = pathlib.Path(__file__).with_name("call.xml")
CALLER = "212600000001"  # of a range that nobody has
SENDER = "parent@outside.test"
DRAFTS_WAIT_S = 120


def is_possible():
    tools = ("espeak-ng", "sox", "sipp", "swaks")
    return os.geteuid() == 0 and all(map(shutil.which, tools)) and pathlib.Path("/usr/sbin/exim4").exists()


def speak_prompts(folder: pathlib.Path):
    """What callers hear, spoken by a machine: once for each build, because it takes ten seconds."""
    if not (folder / "fr/manifest.toml").exists():
        scratch = folder.with_name(f"{folder.name}.new-{os.getpid()}")
        subprocess.run([sys.executable, DRAFTS, scratch], check=True, timeout=DRAFTS_WAIT_S)
        shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)
    return folder


def telephone(port, prompts: pathlib.Path):
    """As node.toml has it."""
    return f"""
[[plugin]]
instance = "phone"
plugin = "phone"
[plugin.config]
udpPort = {port}
tcpPort = 0
firstMediaPort = 31000
lastMediaPort = 31999
callsMax = 50
numbers = ["helpline"]
trunks = ["127.0.0.1"]
devicesInClear = true
flowFile = "{SOURCE}/config/phone/flow.toml"
flowOverlayFile = "{SOURCE}/nodes/countries/ma/phone.toml"
promptsFolder = "{prompts}"
"""


class Mailbox:
    """dovecot and exim for help@helpline.test, in processes that end with this one."""

    def __init__(self, log):
        self.program = Program("the mail server", ["node", MAIL_SERVER], log)
        facts = json.loads(self.program.next_line())
        self.imap, self.smtp, self.port, self.authority, self.sink = (
            facts[key] for key in ("imap", "smtp", "port", "ca", "sink"))

    def settings(self, password: pathlib.Path):
        password.write_text("pass\n")
        password.chmod(0o600)
        return f"""
[[plugin]]
instance = "mail"
plugin = "email"
[plugin.config]
address = "help@helpline.test"
imapUrl = "{self.imap}"
smtpUrl = "{self.smtp}"
smtpAuth = false
user = "help"
passwordFile = "{password}"
caFile = "{self.authority}"
helpline = {{ ar = "خط مساعدة العرض", fr = "La ligne de démonstration", en = "The demo helpline" }}
"""

    def has_sent(self, text):
        """Whether a mail with this text has left for somebody outside."""
        for file in pathlib.Path(self.sink).glob("*.eml"):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            body = mail.get_body(("plain",))
            if body and text in body.get_content().replace("\n", " "):
                return True
        return False

    def send(self, text):
        subprocess.run(self.command(text), check=True, capture_output=True, timeout=30)

    def command(self, text):
        return ["swaks", "--server", f"127.0.0.1:{self.port}", "--from", SENDER, "--to", "help@helpline.test",
                "--header", "Subject: salam", "--add-header", "Content-Type: text/plain; charset=utf-8", "--body", text]


def call(port, log: pathlib.Path):
    """Somebody calls, presses the key for danger, and stays for ten seconds."""
    command = ["sipp", f"127.0.0.1:{port}", "-sf", CALL, "-s", "helpline", "-m", "1", "-i", "127.0.0.1", "-nostdin",
               "-timeout", "40", "-timeout_error"]
    with open(log, "ab") as said:
        try:
            return subprocess.Popen([str(word) for word in command], cwd=log.parent, stdin=subprocess.DEVNULL, stdout=said,
                                    stderr=said)
        except OSError as error:
            raise DemoError(f"sipp cannot be started ({error.strerror}): apt-get install sip-tester") from error


def dial(port):
    """For a person, with a softphone on this machine."""
    return f"baresip -e '/dial sip:helpline@127.0.0.1:{port}'"
