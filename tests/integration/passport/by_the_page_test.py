#!/usr/bin/env python3
"""The verifier that was written from the page says what ours say: by_the_page_test.py VERIFIER RECORDED PAGE"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import by_the_page  # noqa: E402
import make_not_valid  # noqa: E402
from forger import Passport  # noqa: E402
from signed_notes import read_stewards  # noqa: E402

VERIFIER, RECORDED, PAGE = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
PASSPORT = (RECORDED / "passport-v1.bin").read_bytes()
STEWARDS = RECORDED / "stewards.txt"
TRUSTED = read_stewards(STEWARDS)
REQUEST, ASKER, ASKED = 0, 1, 2


def page_says(data, threshold=2):
    try:
        return by_the_page.check(data, TRUSTED, threshold)
    except by_the_page.NotValid:
        return None


class ByThePage(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def ours_say(self, data, threshold=2):
        path = pathlib.Path(self.folder.name) / "passport"
        path.write_bytes(data)
        ran = subprocess.run([VERIFIER, path, "--stewards", STEWARDS, "--threshold", str(threshold), "--json"],
                             capture_output=True, text=True)
        self.assertIn(ran.returncode, (0, 1), ran.stderr)
        return json.loads(ran.stdout) if ran.returncode == 0 else None

    def both_say(self, data):
        """Whether it is valid; both must say the same."""
        page, ours = page_says(data), self.ours_say(data)
        self.assertEqual(page is None, ours is None)
        if page is not None:
            self.assertEqual([one.get("wrongSide", False) for one in page["events"]],
                             [one.get("wrongSide", False) for one in ours["events"]])
        return page is not None

    def test_the_recorded_passport_says_the_same_to_both(self):
        page, ours = page_says(PASSPORT), self.ours_say(PASSPORT)
        for name in ("referral", "exporter"):
            self.assertEqual(page[name], ours[name])
        for side in ("asker", "asked"):
            self.assertEqual(page[side], ours[side]["id"])
        self.assertEqual(page["signedBy"], ours["directory"]["signedBy"])
        self.assertEqual([(one["by"], one["kind"], one["text"], one["receipted"]) for one in page["events"]],
                         [(one["by"], one["kind"], one["text"], one["receipted"]) for one in ours["events"]])

    def test_a_missing_steward_is_missing_for_both(self):
        self.assertIsNone(page_says(PASSPORT, 3))
        self.assertIsNone(self.ours_say(PASSPORT, 3))

    def test_both_refuse_the_same_changed_bytes(self):
        # Each byte of the frame and the outer message's head, and a sample of the others.
        places = [*range(48), *range(48, len(PASSPORT), 151), *range(len(PASSPORT) - 16, len(PASSPORT))]
        for place in places:
            changed = bytearray(PASSPORT)
            changed[place] ^= 1 << place % 8
            with self.subTest(byte=place):
                self.assertFalse(self.both_say(bytes(changed)))

    def test_a_cut_passport_is_refused_wherever_it_was_cut(self):
        for size in range(0, len(PASSPORT), 331):
            self.assertIsNone(page_says(PASSPORT[:size]))

    def test_the_files_that_are_not_valid_are_refused_by_both(self):
        for make, _, _ in make_not_valid.LIST:
            with self.subTest(file=make_not_valid.name_of(make)):
                self.assertFalse(self.both_say((RECORDED / "not-valid" / make_not_valid.name_of(make)).read_bytes()))

    def test_the_files_that_are_not_valid_can_be_made_again_and_stand_in_the_page(self):
        files = {path.name: path.read_bytes() for path in (RECORDED / "not-valid").iterdir()}
        self.assertEqual(files, make_not_valid.made_from(PASSPORT))
        page = PAGE.read_text("utf-8")
        for make, section, what in make_not_valid.LIST:
            self.assertIn(f"| `{make_not_valid.name_of(make)}` | {section} | {what} |\n", page)

    def test_what_the_forger_puts_together_unchanged_is_valid(self):
        passport = Passport(PASSPORT)
        self.assertEqual(passport.file(), PASSPORT)
        for side in (ASKER, ASKED):
            passport.rewrite(side, passport.payloads(side))
        self.assertTrue(self.both_say(passport.file()))

    def test_an_answered_event_can_be_left_out_with_all_its_answers(self):
        # The page says so in section 4; the day it is no longer so, it must not.
        passport = Passport(PASSPORT)
        passport.events = [one for one in passport.events if one["event"] < {1: 1, 2: 2}[passport.side(one)]]
        self.assertTrue(self.both_say(passport.file()))

    def test_a_referral_that_is_erased_as_a_whole_is_valid(self):
        passport = Passport(PASSPORT)
        for event in passport.events:
            make_not_valid.erase(event)
        self.assertTrue(self.both_say(passport.file()))

    def test_a_kind_of_the_other_side_is_valid_and_said_to_be_of_the_wrong_side(self):
        passport = Passport(PASSPORT)
        payloads = passport.payloads(ASKER)
        payloads[2] = payloads[2][:32] + b"\x0e\0" + payloads[2][34:]  # the asker accepts
        passport.rewrite(ASKER, payloads)
        self.assertTrue(self.both_say(passport.file()))
        self.assertTrue(page_says(passport.file())["events"][2]["wrongSide"])

    def test_both_read_a_directory_alike(self):
        passport = Passport(PASSPORT)
        self.assertEqual(passport.with_directory(lambda text: text), PASSPORT)
        cases = {
            True: [("languages=ar,fr,ary-Arab", "languages=fr"), ("languages=ar,", "languages=en-GB-oed,"),
                   ("services=webchat,phone", "services="), ("services=webchat", "services=a_b"),
                   ("tcp://ma.cmrpi.example.org:7400", ""), ("tcp://ma.cmrpi.example.org:", "tcp://[2001:db8::1]:"),
                   ("ma.cmrpi.example.org:7400", "192.0.2.1:65535"), ("version 7", "version 1000000000000"),
                   ("status=active", "status=revoked"), ("Example helpline MA", "\u062e\u0637 MA \\"),
                   ("expires 2027", "expires 9999"), ("issued 2026-11-24", "issued 0000-02-29"),
                   ("threshold 2", "threshold 1")],
            False: [("languages=ar,fr,ary-Arab", "languages="), ("languages=ar,fr", "languages=ar,ar"),
                    ("languages=ar,", "languages=Ar,"), ("languages=ar,", "languages=a,"),
                    ("languages=ar,fr", "languages=ar,,fr"), ("services=webchat", "services=_webchat"),
                    ("services=webchat", "services=web-chat"), ("tcp://ma.", "udp://ma."),
                    ("tcp://ma.cmrpi", "tcp://ma..cmrpi"), ("example.org:7400", "example.org:0"),
                    ("example.org:7400", "example.org:07400"), ("ma.cmrpi.example.org:7400", "256.0.2.1:1"),
                    ("ma.cmrpi.example.org:7400", "[1]:1"), ("version 7", "version 07"), ("version 7", "version 0"),
                    ("version 7", "version 1000000000001"), ("Example helpline MA", "\u200eMA"),
                    ("Example helpline MA", "e\u0301"), ("country=MA", "country=TN"), ("expires 2027", "expires 2025"),
                    ("issued 2026-11-24", "issued 2026-11-31"), ("threshold 2", "threshold 3"),
                    ("threshold 2", "threshold 4"), ("threshold 2", "threshold 0"),
                    ("sanad-directory/v1", "sanad-directory/v2"),
                    ("node ma.cmrpi ", "node  ma.cmrpi "), ("status=active\n", "status=active \n")]}
        for valid, changes in cases.items():
            for old, new in changes:
                passport = Passport(PASSPORT)
                self.assertIn(old, passport.directory)
                with self.subTest(old=old, new=new):
                    data = passport.with_directory(lambda text, old=old, new=new: text.replace(old, new, 1))
                    self.assertEqual(self.both_say(data), valid)

    def test_both_judge_alike_whatever_a_side_wrote(self):
        chance, valid = random.Random(7), 0
        for turn in range(160):
            passport = Passport(PASSPORT)
            payloads = passport.payloads(ASKER)
            request = bytearray(payloads[REQUEST])
            # Most of all its pointers and numbers, which stand in its first words.
            place = chance.randrange(8, len(request) if turn % 3 == 0 else 8 + 8 * 24)
            request[place] ^= 1 << chance.randrange(8)
            payloads[REQUEST] = bytes(request)
            passport.rewrite(ASKER, payloads)
            with self.subTest(turn=turn, byte=place):
                valid += self.both_say(passport.file())
        self.assertGreater(valid, 10)
        self.assertLess(valid, 130)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
