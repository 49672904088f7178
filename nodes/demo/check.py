"""The story without a person. Every fact it returns was observed from outside the nodes."""
import collections
import contextlib
import json
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

import channels
import story
import traces
from helplines import SOURCE, Demonstration
from program import DemoError, Program, say, until

CHILD = pathlib.Path(__file__).with_name("child.mjs")
CLUSTER = SOURCE / "tests/support/postgres_cluster.py"
CLIENT_ADDRESS = "127.77.66.55"  # loopback, and unlike any other
TICK_MS_MAX = 5000  # of a machine that does much else; the page of an idle one ticks within 50
CAPTURED_BYTES_MIN = 8192  # two handshakes and a referral are more

# What each fact must be; the story has gone wrong when one is not.
EXPECTED = {
    "chat_tick_ms": lambda value, _: 0 < value < TICK_MS_MAX,
    "messages_sent": lambda value, _: value == len(story.FIRST_MESSAGES + story.LATER_MESSAGES),
    "messages_in_store": lambda value, facts: value == facts["messages_sent"],
    "referral_state_ma": lambda value, _: value == "completed",
    "referral_state_tn": lambda value, _: value == "completed",
    "escalation": lambda value, _: value == "acknowledged",
    "webhook_verified_by": lambda value, _: bool(value),
    "phone": lambda value, _: value in (None, {"urgency": "U0", "case": True}),
    "email": lambda value, _: value in (None, {"answered": True, "case": True}),
    "log_size_ma_tn": lambda value, _: value > 0,
    "cosigned_size": lambda value, facts: value == facts["log_size_ma_tn"],
    "killed": lambda value, _: value == 1,
    "duplicates": lambda value, _: value == 0,
    "passport": lambda value, _: value == "valid",
    "plaintext_on_wire": lambda value, _: value == 0,
    "plaintext_at_rest": lambda value, _: value == 0,
    "addresses_at_rest": lambda value, _: value == 0,
    "seconds": lambda value, _: value > 0,
}


class Child:
    """The young person's page, in a browser of its own."""

    def __init__(self, chat_port, log):
        self.program = Program("the browser", ["node", CHILD, chat_port, CLIENT_ADDRESS], log)
        self.ticks = []

    def ask(self, what, **arguments):
        self.program.send(json.dumps({"do": what, **arguments}))
        answer = json.loads(self.program.next_line())
        if "error" in answer:
            raise DemoError(f"{answer['error']}: look at {self.program.log}")
        return answer

    def say(self, text):
        self.ticks.append(self.ask("say", text=text)["tick_ms"])

    def texts(self):
        return self.ask("texts")["texts"]


class Database:
    """A PostgreSQL server of this run, with a schema for each node's store."""

    def __init__(self, log):
        self.program = Program("PostgreSQL", [sys.executable, CLUSTER], log)
        facts = json.loads(self.program.next_line())
        self.connection = facts["connection"]
        self.folder = pathlib.Path(facts["data"]).parent

    def store(self, country):
        return ("--store", "postgres", "--store-setting", f"connection={self.connection}",
                "--store-setting", f"schema={country}")

    def rest(self):
        """Ends the server, which then has everything in its files."""
        self.program.send("stop")
        self.program.next_line()


def repeated(things):
    return sum(count - 1 for count in collections.Counter(things).values())


class Check:
    """One run: conversation, referral with a kill in its middle, escalation, passport, search."""

    def __init__(self, demonstration: Demonstration, picture=None, database=None):
        self.demonstration = demonstration
        self.database = database
        self.folder = demonstration.folder
        self.picture = picture
        self.started = time.monotonic()
        self.killed = 0
        self.written = traces.needles_of(story.written_words())
        self.addresses = (traces.needles_of_address(CLIENT_ADDRESS)
                          + traces.needles_of([channels.CALLER, channels.SENDER]))

    @property
    def ma(self):
        return self.demonstration.ma

    @property
    def tn(self):
        return self.demonstration.tn

    def tell(self, what):
        say(f"  {time.monotonic() - self.started:6.1f} s  {what}")

    def run(self):
        """returns  the facts, with the keys of EXPECTED in their order"""
        facts = {}
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.demonstration)
            capture = traces.Capture(self.folder / "loopback.pcap", self.demonstration.ports.link)
            stack.callback(capture.stop)
            self.demonstration.start(self.tell)
            child = Child(self.demonstration.ports.chat_ma, self.folder / "browser.log")
            stack.callback(child.program.stop)
            facts |= self.talk(child)
            facts |= self.refer()
            facts |= self.escalate()
            facts |= self.telephone_and_mail()
            facts |= self.count(child)
            passport = self.export_passport()
            child.program.stop()
            self.demonstration.stop()
            if self.database:
                self.database.rest()
            self.tell("everything is stopped")
            facts["passport"] = self.judge(passport)
            facts |= self.look_for_traces(capture)
        facts["seconds"] = round(time.monotonic() - self.started, 1)
        return {key: facts[key] for key in EXPECTED}

    # ------------------------------------------------------------------ the conversation

    def talk(self, child):
        page = child.ask("open")
        if page != {"language": "ar", "direction": "rtl"}:
            raise DemoError(f"the page opens as {page}, not in Arabic: look at the country profile")
        for text in story.FIRST_MESSAGES:
            child.say(text)
        self.tell("the page is open in Arabic; the first messages have their ticks")
        contact = until("the contact", lambda: self.ma.ask("contact", "list").get("contacts"))[0]["id"]
        self.ids = {"contact": contact}
        self.ma.do(story.OPEN_CONTACT, **self.ids)
        self.answer(child, story.REPLY)
        child.ask("reload", count=len(story.FIRST_MESSAGES) + 1)
        expected = [*story.FIRST_MESSAGES, story.REPLY.command[-1]]
        if child.texts() != expected:
            raise DemoError("a reload changes the conversation: see tests/browser")
        for text in story.LATER_MESSAGES[:2]:
            child.say(text)
        self.answer(child, story.SECOND_REPLY)
        child.say(story.LATER_MESSAGES[2])
        if self.picture:
            child.ask("picture", file=str(self.picture))
        strangers = child.ask("strangers")["hosts"]
        if strangers:
            raise DemoError(f"the page asks {strangers[0]} for something: see tests/browser")
        self.tell("the counsellor's answers are in the page; a reload kept the conversation")
        return {"chat_tick_ms": round(statistics.median(child.ticks), 1),
                "messages_sent": len(child.ticks)}

    def answer(self, child, step):
        self.ma.do(step, **self.ids)
        child.ask("await_answer", text=step.command[-1])

    # ------------------------------------------------------------------ the referral

    def refer(self):
        ma, tn, ids = self.ma, self.tn, self.ids
        ids["case"] = ma.do(story.OPEN_CASE, **ids)["id"]
        ma.do(story.NOTE, **ids)
        ma.do(story.CONSENT, **ids)
        ids["referral"] = ma.do(story.REFER, **ids)["id"]
        until("the referral's arrival", lambda: tn.ask("referral", "list").get("referrals"))
        self.check_disclosed()
        self.tell("Tunisia has the referral, with what she agreed to and nothing else")
        tn.do(story.ASK, **ids)
        self.wait_state(ma, "info_requested")
        ma.do(story.ANSWER, **ids)
        self.kill_tunisia()
        self.wait_state(tn, "under_review")
        for step in (story.ACCEPT, story.START, story.COMPLETE):
            tn.do(step, **ids)
        states = {f"referral_state_{one.country}": self.wait_state(one, "completed")
                  for one in (ma, tn)}
        self.tell("Tunisia has accepted, begun and completed it")
        return states

    def show(self, helpline):
        return helpline.ask("referral", "show", self.ids["referral"])["referral"]

    def wait_state(self, helpline, state):
        until(f"{state} at {helpline.country.upper()}",
              lambda: self.show(helpline)["state"] == state)
        return self.show(helpline)["state"]

    def check_disclosed(self):
        """Case file and consent differ on purpose: the gender is in the one and not in the other."""
        disclosed = {field["name"] for field in self.show(self.tn)["request"]["fields"]}
        terms = {"case_code", "kind", "urgency", "transfer_basis", "consent_by", "consent_items",
                 "consent_recipients", "consent_text_hash"}  # on what it travels: of no child
        expected = {*story.CONSENT_ITEMS, *terms}
        if disclosed != expected:
            raise DemoError(f"Tunisia was told {sorted(disclosed ^ expected)}: see casework::slice")

    def kill_tunisia(self):
        """Morocco's answer is stored there; whether it has crossed is left to chance."""
        self.killed += self.tn.process.kill() == -9
        self.search_after_kill(self.tn)
        self.tn.start()
        self.demonstration.wait_linked()
        self.tell("Tunisia was killed with -9, started again, and is linked")

    def search_after_kill(self, helpline):
        """What a crash leaves behind must be as unreadable as all else."""
        found = traces.search([helpline.folder], self.written)
        if found:
            raise DemoError(f"after the kill: {found[0]}: find out who wrote it in the clear")

    # ------------------------------------------------------------------ the escalation

    def escalate(self):
        escalation = self.ma.do(story.ESCALATE, **self.ids)["id"]
        received = self.receiver_says("received")
        callback = self.receiver_says("callback")
        if not received["verified"] or callback["http"] != 200:
            raise DemoError("the organisation's server refused the webhook, or Morocco its answer: "
                            "see tests/integration/webhook")

        def state():
            return self.ma.ask("escalation", "show", escalation)["escalation"]["state"]
        until("the acknowledgement", lambda: state() == "acknowledged")
        self.tell(f"the organisation has verified the webhook with {received['verified_by']} and "
                  "acknowledged")
        return {"escalation": state(), "webhook_verified_by": received["verified_by"]}

    # ------------------------------------------------------------------ a call and a mail

    def telephone_and_mail(self):
        mailbox = self.demonstration.mailbox
        if not mailbox:
            self.tell("no telephone and no mailbox: they need root, sipp, espeak-ng, dovecot and exim")
            return {"phone": None, "email": None}
        caller = channels.call(self.demonstration.ports.phone, self.folder / "caller.log")
        called = self.contact_of("phone", lambda contact: contact["urgency"] == "U0")
        self.tell("somebody called, pressed the key for danger, and stands first in the queue")
        call_case = self.case_of(called)
        if caller.wait(60) != 0:
            raise DemoError("the caller was not served: look at caller.log")
        mailbox.send(story.MAIL)
        mailed = self.contact_of("email", lambda contact: True)
        mail_case = self.case_of(mailed)
        reply = self.ma.ask("contact", "reply", mailed["id"], story.MAIL_ANSWER)["done"]
        until("the answer by mail", lambda: mailbox.has_sent(story.MAIL_ANSWER))
        self.tell("a mail came, became a case, and was answered by mail")
        return {"phone": {"urgency": called["urgency"], "case": bool(call_case)},
                "email": {"answered": bool(reply), "case": bool(mail_case)}}

    def contact_of(self, channel, is_right):
        def look():
            found = [one for one in self.ma.ask("contact", "list").get("contacts", [])
                     if one["channel"] == channel and one["state"] == "waiting" and is_right(one)]
            return found[0] if found else None
        return until(f"a contact by {channel}", look)

    def case_of(self, contact):
        self.ma.do(story.OPEN_CONTACT, contact=contact["id"])
        return self.ma.do(story.OPEN_CASE, contact=contact["id"])["id"]

    def receiver_says(self, event):
        while (said := json.loads(self.demonstration.receiver.next_line()))["event"] != event:
            pass
        return said

    # ------------------------------------------------------------------ the books

    def count(self, child):
        messages = self.ma.ask("contact", "show", self.ids["contact"])["contact"]["messages"]
        stored = [message["text"] for message in messages]
        if stored != child.texts():
            raise DemoError("the page and the store tell different conversations: see webchat")
        sequences = [int(message["seq"]) for message in messages]
        duplicates = repeated(stored) + repeated(sequences)
        timelines = [self.timeline(helpline) for helpline in (self.ma, self.tn)]
        if sorted(timelines[0]) != sorted(timelines[1]):
            raise DemoError("the two nodes tell different referrals: see core/federation")
        duplicates += sum(map(repeated, timelines))
        until("the receipt of everything", self.is_receipted)
        lanes = self.ma.link()["lanes"]
        for helpline in (self.ma, self.tn):
            helpline.ask("audit", "verify", actor=helpline.officer)
        self.tell("both audit logs are whole; the link's log is cosigned")
        return {"messages_in_store": sum(message["from"] == "person" for message in messages),
                "duplicates": duplicates, "killed": self.killed,
                "log_size_ma_tn": sum(int(lane["sent"]) for lane in lanes),
                "cosigned_size": sum(int(lane["receipted"]) for lane in lanes)}

    def timeline(self, helpline):
        """No event of the story happens twice, whatever its time."""
        return [tuple(entry.get(key, "") for key in ("who", "what", "reason", "text"))
                for entry in self.show(helpline)["timeline"]]

    def is_receipted(self):
        return all(lane["sent"] == lane["receipted"] for lane in self.ma.link()["lanes"])

    def export_passport(self):
        file = self.folder / "referral.passport"
        self.ma.ask("passport", "export", self.ids["referral"], file)
        return file

    def judge(self, passport):
        """With no node running: the file and the stewards' keys are enough."""
        for helpline in (self.ma, self.tn):
            if not helpline.process.ended():
                raise DemoError(f"{helpline.process.name} still runs: end it")
        verdict = self.demonstration.programs.run("passport", "verify", passport, "--trust",
                                                  self.demonstration.trust)
        self.tell("the passport was verified offline")
        return verdict["passport"]

    # ------------------------------------------------------------------ the search

    def look_for_traces(self, capture):
        captured = capture.finish()
        if len(captured) < CAPTURED_BYTES_MIN:
            raise DemoError("the capture holds too little of the link: look at loopback.log")
        wire = [needle.what for needle in traces.hits_in(captured, self.written)]
        places = [path for helpline in (self.ma, self.tn)
                  for path in (helpline.folder, helpline.log)]
        if self.database:
            places.append(self.database.folder)
        at_rest = traces.search(places, self.written)
        addresses = traces.search(places, self.addresses)
        traces.check_that_search_finds(self.ma.folder, self.written + self.addresses, self.folder)
        self.tell(f"searched {len(captured)} captured bytes and both data folders for "
                  f"{len(self.written)} words and pieces" + (", and all files of the server" if self.database else ""))
        for line in wire + at_rest + addresses:
            say(f"  FOUND  {line}")
        return {"plaintext_on_wire": len(wire), "plaintext_at_rest": len(at_rest),
                "addresses_at_rest": len(addresses)}


def check(programs, picture=None, keep=False):
    """Plays the story in a folder of its own. returns  how the program ends"""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sanad-demo-"))
    whole = False
    stack = contextlib.ExitStack()
    try:
        demonstration = Demonstration(programs, folder / "demo")
        database = None
        if programs.store == "postgres":
            database = Database(folder / "database.log")
            stack.callback(database.program.stop)
        run = Check(demonstration, picture, database)
        say("The story without a person:")
        demonstration.make(run.tell, database.store if database else lambda country: ())
        facts = run.run()
        wrong = [key for key, is_right in EXPECTED.items() if not is_right(facts[key], facts)]
        for key in wrong:
            say(f"demo: {key} is {facts[key]}: see EXPECTED in nodes/demo/check.py")
        whole = not wrong
    finally:
        stack.close()
        if whole and not keep:
            shutil.rmtree(folder)
        else:
            say(f"  everything is kept in {folder}")
    print(json.dumps(facts), flush=True)
    return 0 if whole else 1
