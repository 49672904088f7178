#!/usr/bin/env python3
"""The verifier that was written from the page says what ours say: by_the_page_test.py VERIFIER RECORDED"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import by_the_page  # noqa: E402

VERIFIER, RECORDED = sys.argv[1], pathlib.Path(sys.argv[2])
PASSPORT = (RECORDED / "passport-v1.bin").read_bytes()
STEWARDS = RECORDED / "stewards.txt"
TRUSTED = [by_the_page.verifier(line) for line in STEWARDS.read_text("utf-8").split()]


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

    def test_both_refuse_and_accept_the_same_changed_bytes(self):
        # Each byte of the frame and the outer message's head, and a sample of the others.
        places = [*range(48), *range(48, len(PASSPORT), 151), *range(len(PASSPORT) - 16, len(PASSPORT))]
        for place in places:
            changed = bytearray(PASSPORT)
            changed[place] ^= 1 << place % 8
            with self.subTest(byte=place):
                self.assertEqual(page_says(bytes(changed)) is None, self.ours_say(bytes(changed)) is None)

    def test_a_cut_passport_is_refused_wherever_it_was_cut(self):
        for size in range(0, len(PASSPORT), 331):
            self.assertIsNone(page_says(PASSPORT[:size]))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
