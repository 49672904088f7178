"""Morocco, Tunisia and an organisation on this machine: made with the programs that an
administrator would use, started as processes of their own."""
import contextlib
import dataclasses
import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import time

import channels
import story
from program import DemoError, Program, free_ports, is_free, until

SOURCE = pathlib.Path(__file__).resolve().parents[2]
RECEIVER = SOURCE / "tests/integration/webhook/receiver.mjs"
RECEIVER_KEYS = SOURCE / "tests/integration/webhook/keys.mjs"
COMMAND_WAIT_S = 120
MAIL_SETTINGS = "\n# Of this run: the mailbox of the demonstration.\n"
STEWARDS = ("steward-ma.demo", "steward-tn.demo")


@dataclasses.dataclass(frozen=True)
class Programs:
    """Where the built programs are."""

    build: pathlib.Path
    store: str = "lmdb"  # the storage plugin

    @property
    def sanad(self):
        return self.build / "nodes/cli/sanad"

    @property
    def node(self):
        return self.build / "nodes/daemon/sanad-node"

    @property
    def plugins(self):
        return [self.build / "plugins" / kind for kind in
                (f"storage/{self.store}", "channels/webchat", "channels/phone", "channels/email", "partners/webhook",
                 "desks/console")]

    def check(self):
        plugins = [folder / f"{folder.name}.so" for folder in self.plugins]
        for file in (self.sanad, self.node, *plugins):
            if not file.exists():
                raise DemoError(f"{file} is not there: run ./dev build")
        if shutil.which("node") is None:
            raise DemoError("Node.js is not there: apt-get install nodejs")
        if not (SOURCE / "tests/node_modules/tweetnacl").is_dir():
            raise DemoError("the npm packages are not there: cd tests && npm ci")

    def run(self, *arguments):
        """A command of `sanad`; what it answers as JSON."""
        done = subprocess.run([str(self.sanad), "--json", *map(str, arguments)],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=COMMAND_WAIT_S)
        if done.returncode != 0:
            raise DemoError(done.stderr.strip() or f"sanad {arguments[0]} ended with "
                            f"{done.returncode}: look at the logs")
        return json.loads(done.stdout)


@dataclasses.dataclass
class Helpline:
    """A country's node: its data folder, its people, its process."""

    programs: Programs
    country: str
    folder: pathlib.Path
    log: pathlib.Path
    counsellor: str
    officer: str  # administrator and auditor
    process: Program | None = None

    def ask(self, *arguments, actor=None):
        return self.programs.run("--data", self.folder, "--as", actor or self.counsellor, *arguments)

    def do(self, step, **ids):
        """A step of the story; returns what was done."""
        return self.ask(*step.arguments(**ids))["done"]

    def start(self):
        self.process = Program(f"the node of {self.country.upper()}",
                               [self.programs.node, "--config", self.folder / "node.toml"], self.log)
        while self.process.next_line() != "ready":
            pass

    def stop(self):
        if self.process:
            self.process.stop()

    def link(self):
        """The link to the only peer."""
        return self.ask("link", "list", actor=self.officer)["links"][0]


@dataclasses.dataclass(frozen=True)
class Ports:
    link: int  # Morocco listens there for Tunisia
    chat_ma: int
    chat_tn: int
    callback: int  # Morocco listens there for the organisation
    receiver: int
    desk_ma: int
    desk_tn: int
    phone: int  # SIP, of Morocco


class Demonstration:
    """Everything below one folder: `make` it once, `start` it as often as you like."""

    def __init__(self, programs, folder: pathlib.Path):
        self.programs = programs
        self.folder = folder
        self._stack = contextlib.ExitStack()
        self.receiver = None
        self._open(folder)

    def _open(self, folder):
        def helpline(country, counsellor, officer):
            return Helpline(self.programs, country, folder / country, folder / f"{country}.log",
                            counsellor, officer)
        self.ma = helpline("ma", "amina", "driss")
        self.tn = helpline("tn", "salma", "hedi")
        self.organisation = folder / "organisation"
        self.trust = folder / "stewards/trust.txt"
        facts = folder / "demo.json"
        if facts.exists():
            self.ports = Ports(**json.loads(facts.read_text())["ports"])

    # ------------------------------------------------------------------ once

    @property
    def is_made(self):
        return (self.folder / "demo.json").exists()

    def make(self, tell=lambda what: None, store=lambda country: ()):
        """Makes keys, nodes and the federation, in a folder beside, so that there is all or nothing.
        `store` gives a country's words for `sanad init` about its store."""
        if self.folder.exists() and any(self.folder.iterdir()):
            raise DemoError(f"{self.folder} holds something else: name another folder with --folder")
        scaffold = self.folder.with_name(f"{self.folder.name}.new-{os.getpid()}")
        scaffold.mkdir(parents=True, mode=0o700)
        try:
            self._open(scaffold)
            self.ports = Ports(*free_ports(8))
            self._make_nodes(store)
            tell("two nodes with keys and stores of their own")
            self._make_federation()
            tell("a federation: its directory signed by both stewards")
            facts = {"ports": dataclasses.asdict(self.ports), "build": str(self.programs.build)}
            (scaffold / "demo.json").write_text(json.dumps(facts) + "\n")
            self._write_shortcuts(scaffold)
            if self.folder.exists():
                self.folder.rmdir()
            scaffold.rename(self.folder)
        finally:
            shutil.rmtree(scaffold, ignore_errors=True)
        self._open(self.folder)

    def _make_nodes(self, store):
        address = f"tcp://127.0.0.1:{self.ports.link}"
        listen = ("--listen", address, "--endpoint", address)
        for helpline, port, desk, extra in (
                (self.ma, self.ports.chat_ma, self.ports.desk_ma, listen),
                (self.tn, self.ports.chat_tn, self.ports.desk_tn, ())):
            plugins = [word for folder in self.programs.plugins for word in ("--plugins", folder)]
            made = self.programs.run(
                "init", "--country", helpline.country, *extra, "--chat", f"127.0.0.1:{port}",
                "--desk", f"127.0.0.1:{desk}",
                "--staff", f"{helpline.counsellor}:counsellor,supervisor",
                "--staff", f"{helpline.officer}:admin,auditor",
                "--share", self.programs.build / "share", *plugins, *store(helpline.country),
                helpline.folder)
            (helpline.folder.parent / f"{helpline.country}.line").write_text(made["bundle"])
            with open(helpline.folder / "node.toml", "a", encoding="utf-8") as file:
                file.write(f'\n[accounts]\norigins = ["http://localhost:{desk}"]\n')
        if channels.is_possible():
            prompts = channels.speak_prompts(self.programs.build / "draft-prompts")
            self._add(channels.telephone(self.ports.phone, prompts))
        self._add_organisation()

    def _add(self, settings):
        with open(self.ma.folder / "node.toml", "a", encoding="utf-8") as file:
            file.write(settings)

    def _add_organisation(self):
        """The organisation makes the keys; Morocco gets its half, and a partner in its settings."""
        run = subprocess.run(["node", str(RECEIVER_KEYS), str(self.organisation)],
                             capture_output=True, text=True, timeout=COMMAND_WAIT_S)
        if run.returncode != 0:
            raise DemoError(f"{RECEIVER_KEYS.name} failed ({run.stderr.strip()}): cd tests && npm ci")
        keys = self.ma.folder / story.PARTNER
        keys.mkdir(mode=0o700)
        (self.organisation / "helpline.key").rename(keys / "helpline.key")
        shutil.copy(self.organisation / "callback.secret", keys / "callback.secret")
        names = ", ".join(f"{language} = {json.dumps(name, ensure_ascii=False)}"
                          for language, name in story.PARTNER_NAMES.items())
        settings = f"""
[[plugin]]
instance = "{story.PARTNER}"
plugin = "webhook"
[plugin.config]
partner = "{story.PARTNER_NAMES["en"]}"
endpoint = "http://127.0.0.1:{self.ports.receiver}/sanad"
signingKeyFile = "{{data}}/{story.PARTNER}/helpline.key"
callbackSecretFile = "{{data}}/{story.PARTNER}/callback.secret"
listenPort = {self.ports.callback}

[[partner]]
id = "{story.PARTNER}"
plugin = "{story.PARTNER}"
name = {{ {names} }}
"""
        self._add(settings)

    def _make_federation(self):
        """What stewards do on machines of their own, one after the other."""
        run = self.programs.run
        stewards = self.trust.parent
        stewards.mkdir(mode=0o700)
        verifiers = [run("directory", "steward-key", stewards / f"{name}.key", "--name", name)["steward"]
                     for name in STEWARDS]
        draft = stewards / "directory.txt"
        run("directory", "create", draft, "--federation", "demo", "--threshold", 2,
            *(word for verifier in verifiers for word in ("--steward", verifier)))
        for helpline in (self.ma, self.tn):
            run("directory", "add", draft, helpline.folder.parent / f"{helpline.country}.line")
        notes = [stewards / f"{name}.note" for name in STEWARDS]
        for name, note in zip(STEWARDS, notes):
            run("directory", "sign", draft, "--key", stewards / f"{name}.key", "--out", note)
        self.trust.write_text(run("directory", "trust", draft)["trust"])
        whole = stewards / "directory.note"
        run("directory", "merge", *notes, "--out", whole)
        run("directory", "verify", whole, "--trust", self.trust)
        for helpline in (self.ma, self.tn):
            run("--data", helpline.folder, "directory", "install", whole, "--trust", self.trust)

    def _write_shortcuts(self, scaffold):
        """`bin/ma` and `bin/tn`: the command line of one helpline, as its counsellor."""
        (scaffold / "bin").mkdir()
        for helpline in (self.ma, self.tn):
            shortcut = scaffold / "bin" / helpline.country
            shortcut.write_text(
                "#!/bin/sh\n"
                f"# The command line of this helpline, as {helpline.counsellor}.\n"
                f'SANAD_AS="${{SANAD_AS:-{helpline.counsellor}}}" exec "{self.programs.sanad}" '
                f'--data "$(dirname "$0")/../{helpline.country}" "$@"\n')
            shortcut.chmod(0o755)

    # ------------------------------------------------------------------ each time

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, tell=lambda what: None, receiver_options=()):
        """Starts the organisation and both nodes, and waits until they are linked."""
        self._lock()
        facts = json.loads((self.folder / "demo.json").read_text())
        if facts["build"] != str(self.programs.build):
            raise DemoError(f"{self.folder} was made with {facts['build']}: add --fresh")
        for port in dataclasses.astuple(self.ports):
            if not is_free(port):
                raise DemoError(f"port {port} is in use by another program: end it, or add --fresh")
        self.receiver = Program(
            "the organisation's server",
            ["node", RECEIVER, "--port", self.ports.receiver,
             "--key-file", self.organisation / "helpline.pub",
             "--secret-file", self.organisation / "callback.secret", "--answer", "acknowledged",
             "--note", story.PARTNER_NOTE, "--watch-stdin", *receiver_options])
        self._stack.callback(self.receiver.stop)
        self.receiver_facts = json.loads(self.receiver.next_line())
        self.mailbox = self._open_mailbox() if channels.is_possible() else None
        for helpline in (self.ma, self.tn):
            self._stack.callback(helpline.stop)
            before = time.monotonic()
            helpline.start()
            tell(f"the node of {helpline.country.upper()} is ready after "
                 f"{(time.monotonic() - before) * 1000:.0f} ms")
        self.wait_linked()
        tell("the two are linked")

    def _open_mailbox(self):
        """A mail server of this run, and Morocco's settings for it: its ports are others each time."""
        mailbox = channels.Mailbox(self.folder / "mail.log")
        self._stack.callback(mailbox.program.stop)
        file = self.ma.folder / "node.toml"
        before = file.read_text("utf-8").partition(MAIL_SETTINGS)[0]
        file.write_text(before + MAIL_SETTINGS + mailbox.settings(self.ma.folder / "mail.password"), "utf-8")
        return mailbox

    def wait_linked(self):
        for helpline in (self.ma, self.tn):
            until(f"the link of {helpline.country.upper()}", lambda: helpline.link()["up"])

    def stop(self):
        """Ends what was started here, the last first."""
        self._stack.close()

    def _lock(self):
        lock = open(self.folder / "lock", "w", encoding="utf-8")
        self._stack.callback(lock.close)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(f"a demonstration runs already in {self.folder}: end it with Ctrl-C, or "
                            "name another folder with --folder") from None

    def desk(self, helpline):
        """Where a helpline's staff sign in: passkeys are for the name localhost."""
        port = self.ports.desk_ma if helpline is self.ma else self.ports.desk_tn
        return f"http://localhost:{port}/"

    @property
    def chat(self):
        return f"http://127.0.0.1:{self.ports.chat_ma}/"
