#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""scripts/check-format fails for every habit that it is there to keep."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
LICENCE = "// SPDX-License-Identifier: BSD-3-Clause\n"
BASH = "#!/usr/bin/env bash\n"


class CheckFormat(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        subprocess.run(["git", "init", "-q", self.root], check=True)
        for name in (".clang-format", "scripts/check-format", "scripts/lib/common.sh"):
            self.write(name, "")
            shutil.copy(CHECKOUT / name, self.root / name)
        self.write("src/a.h", LICENCE + "#pragma once\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_script(self):
        return subprocess.run([self.root / "scripts/check-format"],
                              capture_output=True, text=True, check=False)

    def assert_complains(self, title, name, text):
        self.write(name, text)
        result = self.run_script()
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn(title, result.stdout)
        self.assertIn(name, result.stdout)

    def test_what_keeps_them_passes(self):
        result = self.run_script()
        self.assertEqual((result.returncode, result.stdout), (0, ""))

    def test_the_licence_comes_first(self):
        self.assert_complains("no licence line first", "src/b.cpp", "int b;\n")

    def test_a_header_is_included_once(self):
        self.assert_complains("no #pragma once", "src/b.h", LICENCE)

    def test_no_line_ends_in_blanks(self):
        self.assert_complains("trailing blanks", "docs/b.md", "b \n")

    # The words are in two parts here, since this file is looked at as well.
    def test_no_test_skips(self):
        self.assert_complains("a test that skips", "tests/b_test.py", "self.sk" "ipTest()\n")

    def test_no_test_waits_by_sleeping(self):
        self.assert_complains("a test that skips", "tests/b_test.cpp", LICENCE + "sle" "ep(1);\n")

    def test_a_script_parses(self):
        self.assert_complains("do not parse", "scripts/b", BASH + "if true\n")

    def test_a_pipe_is_read_to_its_end(self):
        for reader in ("grep -q b", "grep -v -qE b", "head -n 1"):
            with self.subTest(reader):
                self.assert_complains("leaves early", "scripts/b", BASH + f"a | {reader}\n")

    def test_what_a_script_sources_is_looked_at_too(self):
        self.assert_complains("leaves early", "scripts/lib/b.sh", "a | grep -q b\n")

    def test_the_format_is_that_of_clang_format(self):
        self.write("src/b.cpp", LICENCE + "int  b;\n")
        result = self.run_script()
        self.assertEqual(result.returncode, 1)
        self.assertIn("not formatted", result.stdout)


if __name__ == "__main__":
    unittest.main()
