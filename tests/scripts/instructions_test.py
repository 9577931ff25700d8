#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""scripts/instructions notices what costs more than 5 % more, and nothing less."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "instructions"


class Instructions(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.baseline = pathlib.Path(folder.name, "baseline")
        self.counted = pathlib.Path(folder.name, "counted")

    def compare(self, baseline, counted, *options):
        self.baseline.write_text(json.dumps(baseline))
        self.counted.write_text(json.dumps(counted))
        return subprocess.run(
            [sys.executable, SCRIPT, "--baseline", self.baseline, "--counted", self.counted,
             *options], capture_output=True, text=True, check=False)

    def test_more_than_five_percent_more_fails_and_is_named(self):
        result = self.compare({"merge": 1000, "rank": 1000}, {"merge": 1060, "rank": 1000})
        self.assertEqual(result.returncode, 1)
        self.assertIn("merge: 1,060 (was 1,000, +6.0%)  MORE", result.stdout)
        self.assertNotIn("rank: 1,000 (was 1,000, +0.0%)  MORE", result.stdout)

    def test_up_to_five_percent_more_passes(self):
        self.assertEqual(self.compare({"merge": 1000}, {"merge": 1040}).returncode, 0)

    def test_less_passes_and_asks_to_be_kept(self):
        result = self.compare({"merge": 1000}, {"merge": 500})
        self.assertEqual(result.returncode, 0)
        self.assertIn("--update", result.stdout)

    def test_what_is_new_or_gone_fails(self):
        self.assertEqual(self.compare({"merge": 1}, {}).returncode, 1)
        self.assertEqual(self.compare({}, {"merge": 1}).returncode, 1)

    def test_an_update_is_what_is_compared_with_from_then_on(self):
        self.assertEqual(self.compare({"merge": 1}, {"merge": 9}, "--update").returncode, 0)
        self.assertEqual(json.loads(self.baseline.read_text()), {"merge": 9})


if __name__ == "__main__":
    unittest.main()
