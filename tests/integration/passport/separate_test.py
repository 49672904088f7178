#!/usr/bin/env python3
"""The separate verifier is separate: separate_test.py VERIFIER NODE-PROGRAM PASSPORT STEWARDS"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from forger import Passport  # noqa: E402
from make_not_valid import erase  # noqa: E402

VERIFIER, NODE_PROGRAM, PASSPORT, STEWARDS = sys.argv[1:5]
OF_THE_NODE = ["federation", "casework", "store", "plugins", "api", "node"]


def symbols(program):
    return subprocess.run(["nm", "-C", "--defined-only", program], check=True, capture_output=True,
                          text=True).stdout


def verify(*words):
    return subprocess.run([VERIFIER, *words], capture_output=True, text=True)


class Separate(unittest.TestCase):
    def test_it_links_no_layer_of_the_node_but_base_and_trust(self):
        linked = symbols(VERIFIER)
        self.assertIn("sanad::trust::", linked)
        for layer in OF_THE_NODE:
            self.assertNotIn(f"sanad::{layer}::", linked)
        # The node's own program has them, so that this would be seen.
        self.assertIn("sanad::federation::verify_passport", symbols(NODE_PROGRAM))

    def test_it_needs_no_library_of_network_or_store(self):
        needed = subprocess.run(["ldd", VERIFIER], check=True, capture_output=True, text=True).stdout
        for library in ["zmq", "lmdb", "ssl.so", "boost"]:
            self.assertNotIn(library, needed)

    def test_it_says_in_three_languages_what_a_passport_proves(self):
        for language, word in [("en", "VALID"), ("fr", "VALIDE"), ("ar", "صحيح")]:
            said = verify(PASSPORT, "--stewards", STEWARDS, "--threshold", "2", "--lang", language)
            self.assertEqual(said.returncode, 0, said.stderr)
            self.assertTrue(said.stdout.startswith(word))
            self.assertIn("01a20b48-0900-74e0-b055-8a4309f6d3c7", said.stdout)

    def test_its_json_names_every_event(self):
        said = verify(PASSPORT, "--stewards", STEWARDS, "--threshold", "2", "--json")
        report = json.loads(said.stdout)
        self.assertEqual(report["passport"], "valid")
        self.assertEqual([event["kind"] for event in report["events"]],
                         ["request", "information", "note", "review", "ask", "accept", "start",
                          "complete"])
        self.assertEqual([event["receipted"] for event in report["events"]].count(False), 1)

    def words_about(self, passport):
        """What the node's program and the separate one tell a person."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            file, trust = folder / "passport", folder / "trust.txt"
            file.write_bytes(passport.file())
            stewards = pathlib.Path(STEWARDS).read_text("utf-8").splitlines()
            trust.write_text("".join(f"{line}\n" for line in ["sanad-trust/v1", "threshold 2",
                                                              *(f"steward {one}" for one in stewards)]))
            by_node = subprocess.run([NODE_PROGRAM, "passport", "verify", file, "--trust", trust], check=True,
                                     capture_output=True, text=True)
            apart = verify(file, "--stewards", trust)
        self.assertEqual(apart.returncode, 0, apart.stderr)
        return " ".join(by_node.stdout.split()), " ".join(apart.stdout.split())

    def test_both_programs_say_what_a_passport_does_not_show(self):
        passport = Passport(pathlib.Path(PASSPORT).read_bytes())
        by_node, apart = self.words_about(passport)
        self.assertIn("left out the last events of a side, and with them all that answered them", by_node)
        self.assertIn("left out the last things one side said, and with them all that answered them", apart)
        self.assertNotIn("erased", by_node + apart)
        for event in passport.events:
            erase(event)
        by_node, apart = self.words_about(passport)
        self.assertIn("neither what they said nor that they were of this referral", by_node)
        self.assertIn("not what it said, and not that it was about this referral", apart)

    def test_both_programs_say_what_was_not_for_its_side_to_say(self):
        passport = Passport(pathlib.Path(PASSPORT).read_bytes())
        payloads = passport.payloads(1)
        payloads[2] = payloads[2][:32] + b"\x0e\0" + payloads[2][34:]  # the asker accepts
        passport.rewrite(1, payloads)
        by_node, apart = self.words_about(passport)
        self.assertIn("without effect: wrong_side", by_node)
        self.assertIn("not for this side to say: without effect", apart)

    def test_what_is_not_valid_ends_with_1_and_what_cannot_be_judged_with_2(self):
        refused = verify(PASSPORT, "--stewards", STEWARDS, "--threshold", "3", "--json")
        self.assertEqual(refused.returncode, 1)
        self.assertEqual(json.loads(refused.stdout), {"passport": "invalid", "fault": "untrusted"})
        self.assertIn("NOT VALID", refused.stderr)
        for words in [(), (PASSPORT,), (PASSPORT, "--stewards", STEWARDS),
                      (PASSPORT, "--stewards", "/nowhere", "--threshold", "2"),
                      ("/nowhere", "--stewards", STEWARDS, "--threshold", "2"),
                      (PASSPORT, "--stewards", STEWARDS, "--threshold", "0"),
                      (PASSPORT, "--stewards", STEWARDS, "--threshold", "2", "--lang", "xx"),
                      (PASSPORT, PASSPORT, "--stewards", STEWARDS)]:
            self.assertEqual(verify(*words).returncode, 2, words)
        self.assertEqual(verify("--help").returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
