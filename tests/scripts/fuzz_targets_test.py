#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""SECURITY.md names every input that is fuzzed, and each of them has a target and a corpus."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def named_in(text):
    """The targets that the table of inputs names, in its order."""
    return re.findall(r"^\| `([a-z_]+)_fuzz` \|", text, flags=re.MULTILINE)


class FuzzTargets(unittest.TestCase):
    def setUp(self):
        self.named = named_in((ROOT / "SECURITY.md").read_text())
        self.sources = sorted(file.name.removesuffix("_fuzz.cpp") for file in (ROOT / "fuzz").glob("*_fuzz.cpp"))

    def test_a_target_is_found_in_a_row_of_the_table(self):
        self.assertEqual(named_in("| input | target |\n|---|---|\n| `a_b_fuzz` | text |\nsee `c_fuzz` |\n"), ["a_b"])

    def test_security_md_names_the_targets_that_there_are(self):
        self.assertEqual(sorted(self.named), self.sources)

    def test_no_target_is_named_twice(self):
        self.assertEqual(len(self.named), len(set(self.named)))

    def test_each_target_has_a_corpus(self):
        for name in self.sources:
            with self.subTest(name):
                corpus = ROOT / "fuzz" / "corpus" / name
                self.assertTrue(corpus.is_dir() and any(corpus.iterdir()))

    def test_each_corpus_has_a_target(self):
        self.assertEqual(sorted(folder.name for folder in (ROOT / "fuzz" / "corpus").iterdir()), self.sources)


if __name__ == "__main__":
    unittest.main()
