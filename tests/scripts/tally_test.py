#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""scripts/lib/tally.py counts what ran, and takes no silence for success."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "lib" / "tally.py"


class Tally(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.report = pathlib.Path(folder.name, "report")
        self.allowed = pathlib.Path(folder.name, "allowed")

    def tally(self, format_name, text, *options):
        if text is not None:
            self.report.write_text(text)
        result = subprocess.run(
            [sys.executable, SCRIPT, format_name, self.report, "--step", "s", *options],
            capture_output=True, text=True, check=False)
        return result.returncode, [line.split("\t") for line in result.stdout.splitlines()]

    def test_junit_cases_are_counted_one_by_one(self):
        code, lines = self.tally("junit", """<testsuite><testcase name="a" status="run"/>
            <testcase name="b" status="fail"><failure message=""/></testcase></testsuite>""")
        self.assertEqual(code, 1)
        self.assertEqual(lines, [["passed", "s", "a"], ["failed", "s", "b"]])

    def test_cases_of_googletest_are_told_with_their_suite(self):
        _, lines = self.tally("junit", """<testsuites><testsuite name="Lock">
            <testcase name="Waits" classname="Lock" status="run" result="completed"/>
            </testsuite></testsuites>""")
        self.assertEqual(lines, [["passed", "s", "Lock.Waits"]])

    def test_a_skipped_unit_test_is_a_failure(self):
        code, lines = self.tally("junit", """<testsuite><testcase name="a" status="notrun">
            <skipped message=""/></testcase></testsuite>""")
        self.assertEqual((code, lines[0][0]), (1, "failed"))

    def test_phpt_statuses(self):
        code, lines = self.tally("phpt", "PASSED\t/r/a.phpt\nFAILED\t/r/b.phpt\nLEAKED\t/r/c.phpt\n",
                                 "--root", "/r")
        self.assertEqual(code, 1)
        self.assertEqual([line[0] for line in lines], ["passed", "failed", "failed"])
        self.assertEqual(lines[0][2], "a.phpt")

    def test_only_a_skip_that_is_named_is_allowed(self):
        self.allowed.write_text("# why\na.phpt needs another kernel\n")
        code, lines = self.tally("phpt", "SKIPPED\t/r/a.phpt\nSKIPPED\t/r/b.phpt\n",
                                 "--root", "/r", "--allowed-skips", self.allowed)
        self.assertEqual(code, 1)
        self.assertEqual([line[0] for line in lines], ["skipped", "failed"])

    def test_a_report_without_cases_or_no_report_is_a_failure(self):
        self.assertEqual(self.tally("phpt", None)[0], 1)
        self.assertEqual(self.tally("phpt", "")[0], 1)
        self.assertEqual(self.tally("junit", "<broken")[0], 1)

    def test_the_last_closing_line_counts(self):
        code, lines = self.tally("closing-line", "1 passed, 0 failed\nx\n2 passed, 0 failed, 1 skipped\n")
        self.assertEqual(code, 0)
        self.assertEqual([line[0] for line in lines], ["passed", "passed", "skipped"])

    def test_a_script_that_dies_after_counting_is_a_failure(self):
        self.assertEqual(self.tally("closing-line", "2 passed, 0 failed\n", "--exit-code", "1")[0], 1)
        self.assertEqual(self.tally("closing-line", "nothing said\n")[0], 1)


if __name__ == "__main__":
    unittest.main()
