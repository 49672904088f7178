"""The demonstration for a person: both countries run, and each next command is printed with its
ids as soon as it makes sense."""
import queue
import shlex
import shutil
import signal
import threading
import time

import channels
import story
from helplines import SOURCE, Demonstration
from program import DemoError, Program, until

# What a referral's state asks for next: at whose desk, and which step.
AFTER_STATE = {"delivered": story.ASK, "info_requested": story.ANSWER, "under_review": story.ACCEPT,
               "accepted": story.START, "in_progress": story.COMPLETE}
ENDED_WITHOUT_US = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, 0)
PLACES = {"ma": "Morocco", "tn": "Tunisia"}
NOTICE_WAIT_S = 5  # from a node that does not answer to the end of its process


def show(text=""):
    print(text, flush=True)


class Guide:
    """Follows what happens in both nodes and says what may be typed next, each thing once."""

    def __init__(self, demonstration: Demonstration):
        self.demonstration = demonstration
        self.ma, self.tn = demonstration.ma, demonstration.tn
        self.told = set()
        self.news = queue.Queue()
        self.feeds = {}

    # ------------------------------------------------------------------ what to type

    def command(self, helpline, *arguments, actor=None):
        shortcut = self.demonstration.folder / "bin" / helpline
        if shortcut.is_relative_to(SOURCE):
            shortcut = shortcut.relative_to(SOURCE)
        who = ["--as", actor] if actor else []
        return shlex.join([str(shortcut), *who, *map(str, arguments)])

    def tell(self, key, happened, *lines):
        """`key`  what happened to what: known ones are not told again"""
        if key in self.told:
            return
        self.told.add(key)
        show(f"\n* {happened}")
        for line in lines:
            show(f"      {line}")

    def step(self, step, **ids):
        return f"{self.command(step.helpline, *step.arguments(**ids))}    # {step.what}"

    # ------------------------------------------------------------------ where the story stands

    def look(self):
        for contact in self.ma.ask("contact", "list").get("contacts", []):
            self.look_at_contact(contact)
        for case in self.ma.ask("case", "list").get("cases", []):
            self.look_at_case(case)
        for referral in self.tn.ask("referral", "list").get("referrals", []):
            self.look_at_referral(self.tn, referral)
        for referral in self.ma.ask("referral", "list").get("referrals", []):
            self.look_at_referral(self.ma, referral)
        for escalation in self.ma.ask("escalation", "list").get("escalations", []):
            self.look_at_escalation(escalation)

    def look_at_contact(self, contact):
        number = contact["id"]
        if contact["state"] == "waiting":
            self.tell((number, "waiting"), "Somebody has written to Morocco. Be the counsellor there:",
                      self.step(story.OPEN_CONTACT, contact=number))
        elif contact["state"] == "open" and not contact.get("case"):
            self.tell((number, "open"), "The conversation is yours. Read it, answer, open a case:",
                      self.command("ma", "contact", "show", number),
                      self.step(story.REPLY, contact=number),
                      self.step(story.OPEN_CASE, contact=number))

    def look_at_case(self, case):
        number = case["id"]
        if not case.get("consents"):
            self.tell((number, "opened"), "The case is open. Nothing leaves without a consent:",
                      self.step(story.CONSENT, case=number))
            return
        wanted = [step for step, done in ((story.REFER, case.get("referrals")),
                                          (story.ESCALATE, case.get("escalations"))) if not done]
        if wanted:
            self.tell((number, "consented"), "What may leave, and to whom, is recorded:",
                      *(self.step(step, case=number) for step in wanted))

    def look_at_referral(self, helpline, referral):
        number, state = referral["id"], referral["state"]
        step = AFTER_STATE.get(state)
        if step and step.helpline == helpline.country:
            self.tell((number, state, referral.get("eventsAsker")),
                      f"The referral is {state}; at {PLACES[helpline.country]}:",
                      self.command(helpline.country, "referral", "show", number),
                      self.step(step, referral=number))
        elif state == "completed" and helpline is self.ma:
            file = f"/tmp/{number}.passport"
            trust = self.demonstration.trust
            self.tell((number, state), "Tunisia has completed it. Prove it to anybody, offline:",
                      self.command("ma", "passport", "export", number, file),
                      self.command("ma", "passport", "verify", file, "--trust", trust),
                      self.command("ma", "link", "list", actor=self.ma.officer),
                      self.command("ma", "audit", "verify", actor=self.ma.officer))

    def look_at_escalation(self, escalation):
        if escalation["state"] == "acknowledged":
            number = escalation["id"]
            self.tell((number, "acknowledged"),
                      "The organisation has acknowledged, through a signed callback:",
                      self.command("ma", "escalation", "show", number))

    # ------------------------------------------------------------------ following

    def follow(self, helpline):
        feed = Program(f"the feed of {helpline.country.upper()}",
                       [helpline.programs.sanad, "--data", helpline.folder, "--as",
                        helpline.counsellor, "--json", "feed", "--follow"], helpline.log)
        self.feeds[helpline.country] = feed

        def pass_on():
            try:
                while True:
                    self.news.put(feed.next_line(seconds=None))
            except DemoError as error:
                self.news.put(error)  # run() looks whether its node has ended too
        threading.Thread(target=pass_on, daemon=True).start()

    def run(self):
        for helpline in (self.ma, self.tn):
            self.follow(helpline)
        while True:
            try:
                self.look()
                self.news.get()
                while not self.news.empty():
                    self.news.get()
            except DemoError:
                until("an answer of both nodes", self.ended, NOTICE_WAIT_S)
            for helpline in self.ended():
                self.revive(helpline)
            for helpline in (self.ma, self.tn):
                if self.feeds[helpline.country].ended():
                    self.follow(helpline)

    def ended(self):
        return [one for one in (self.ma, self.tn) if one.process.ended()]

    def revive(self, helpline):
        status = helpline.process.stop()
        if status not in ENDED_WITHOUT_US:
            raise DemoError(f"{helpline.process.name} ended with {status}: look at {helpline.log}")
        helpline.start()
        show(f"\n* {helpline.process.name} was ended ({status}) and is started again, with pid "
             f"{helpline.process.pid}")

    def stop(self):
        for feed in self.feeds.values():
            feed.stop()


def channels_of(demonstration):
    """How to call and to write a mail, where this machine can."""
    if not demonstration.mailbox:
        return "    No telephone and no mailbox here: they need root and what ./dev setup installs."
    mail = shlex.join(map(str, demonstration.mailbox.command("salam")))
    return (f"    Call it from this machine (1 Arabic, then 1; * is danger):\n"
            f"        {channels.dial(demonstration.ports.phone)}\n"
            f"    Write it a mail:\n        {mail}\n")


def introduce(demonstration):
    shortcuts = {helpline.country: demonstration.folder / "bin" / helpline.country
                 for helpline in (demonstration.ma, demonstration.tn)}
    desks = "\n".join(
        f"    The desk of {helpline.counsellor} in {PLACES[helpline.country]}:{' ' * 14}"
        f"{demonstration.desk(helpline)}\n"
        f"        a one-time code for it:   {shortcuts[helpline.country]} --as {helpline.officer} "
        f"user invite {helpline.counsellor}"
        for helpline in (demonstration.ma, demonstration.tn))
    show(f"""
    The chat, as a young person in Morocco sees it:   {demonstration.chat}
{desks}

{channels_of(demonstration)}
    Open it in a browser and write something. The next commands appear here, ready to copy into
    another terminal; there, first:   cd {SOURCE}

    The pids are {demonstration.ma.process.pid} (Morocco) and {demonstration.tn.process.pid} \
(Tunisia): end one with kill -9, and see that nothing is lost.
    Everything said here is invented. Ctrl-C ends it; ./dev demo goes on where you stopped.""")


def guide(programs, folder, fresh):
    """Runs until Ctrl-C. returns  how the program ends"""
    started = time.monotonic()

    def tell(what):
        show(f"  {time.monotonic() - started:5.1f} s  {what}")
    if fresh and folder.exists():
        if not Demonstration(programs, folder).is_made:
            raise DemoError(f"{folder} was not made by the demonstration: throw it away by hand")
        shutil.rmtree(folder)
    with Demonstration(programs, folder) as demonstration:
        if not demonstration.is_made:
            demonstration.make(tell)
        demonstration.start(tell, receiver_options=["--pretty"])
        introduce(demonstration)
        follower = Guide(demonstration)
        try:
            follower.run()
        except KeyboardInterrupt:
            show("\nstopping")
        finally:
            follower.stop()
    return 0
