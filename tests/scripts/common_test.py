#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""scripts/lib/common.sh: where things are built."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

COMMON = Path(__file__).resolve().parents[2] / "scripts" / "lib" / "common.sh"


def build_dir(checkout, **environment):
    there = checkout / "scripts" / "lib"
    there.mkdir(parents=True, exist_ok=True)
    shutil.copy(COMMON, there)
    without = {name: value for name, value in os.environ.items() if name != "SESSMIRROR_BUILD_DIR"}
    return subprocess.check_output(["bash", "-c", 'source "$0"; printf %s "$build_dir"', there / "common.sh"],
                                   text=True, env=without | environment)


class BuildDirectory(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.one = Path(self._folder.name, "one")
        self.other = Path(self._folder.name, "other")

    def test_two_checkouts_of_one_user_do_not_share_it(self):
        self.assertNotEqual(build_dir(self.one), build_dir(self.other))
        self.assertEqual(build_dir(self.one), build_dir(self.one))

    def test_it_is_one_folder_outside_of_the_checkout(self):
        self.assertEqual(Path(build_dir(self.one)).parent, Path("/tmp"))

    def test_it_can_be_chosen(self):
        self.assertEqual(build_dir(self.one, SESSMIRROR_BUILD_DIR="/elsewhere"), "/elsewhere")


if __name__ == "__main__":
    unittest.main()
