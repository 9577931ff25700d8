#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""scripts/check-package notices what PECL would not: missing files, other versions, stray sources."""
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check-package"
FILES = {
    "config.m4": "",
    "sources.txt": "# list\nphp_ext/module.cpp\nsrc/base/a.cpp\n",
    "src/base/a.cpp": "",
    "src/base/a.h": "",
    "php_ext/module.cpp": "",
    "php_ext/php_sessmirror.h": '#define PHP_SESSMIRROR_VERSION "1.2.3"\n',
    "tests/phpt/a.phpt": "",
    "tests/unit/a_test.cpp": "",
    "LICENSE": "",
    "CHANGELOG.md": "## [Unreleased]\n\n## [1.2.3]\n",
    "bin/sessmirror": "",
    "tools/Page/Site.php": "",
    "tools/share/sessmirror.1": "",
    "tools/share/alerts.yml": "",
    "package.xml": "<version>\n<release>1.2.3</release></version>\n  <contents>\n  </contents>\n"
                   "  <extsrcrelease/>\n",
}


class CheckPackage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        subprocess.run(["git", "init", "-q", self.root], check=True)
        for name, text in FILES.items():
            self.write(name, text)
        self.assertEqual(self.run_script("--fix").returncode, 0)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_script(self, *options):
        return subprocess.run([SCRIPT, "--root", self.root, *options],
                              capture_output=True, text=True, check=False)

    def assert_complains(self, text):
        result = self.run_script()
        self.assertEqual(result.returncode, 1)
        self.assertIn(text, result.stdout)

    def test_a_complete_package_passes(self):
        self.assertEqual(self.run_script().returncode, 0)

    def test_what_only_developers_need_is_not_shipped(self):
        self.assertNotIn("unit", (self.root / "package.xml").read_text())
        self.assertIn('<file name="tests/phpt/a.phpt" role="test"/>',
                      (self.root / "package.xml").read_text())

    def test_what_is_not_built_has_its_role_and_its_place(self):
        package = (self.root / "package.xml").read_text()
        for line in ('<file name="bin/sessmirror" role="script"><tasks:replace from="@php_dir@"',
                     '<file name="tools/Page/Site.php" role="php"/>',
                     '<install as="sessmirror" name="bin/sessmirror"/>',
                     '<install as="sessmirror/Page/Site.php" name="tools/Page/Site.php"/>',
                     '<install as="man1/sessmirror.1" name="tools/share/sessmirror.1"/>',
                     '<install as="alerts.yml" name="tools/share/alerts.yml"/>'):
            self.assertIn(line, package)

    def test_a_place_that_was_changed_is_noticed(self):
        package = (self.root / "package.xml").read_text()
        self.write("package.xml", package.replace('as="sessmirror"', 'as="other"'))
        self.assert_complains("package.xml installs other files than there are")

    def test_a_new_header_must_be_named(self):
        self.write("src/base/new.h", "")
        self.assert_complains("package.xml lacks src/base/new.h")

    def test_a_removed_file_must_not_be_named(self):
        (self.root / "src/base/a.h").unlink()
        self.assert_complains("package.xml names src/base/a.h")

    def test_a_source_must_be_in_the_list(self):
        self.write("src/base/new.cpp", "")
        self.assert_complains("sources.txt lacks src/base/new.cpp")

    def test_the_list_is_in_order(self):
        self.write("sources.txt", "src/base/a.cpp\nphp_ext/module.cpp\n")
        self.assert_complains("sources.txt is not in order")

    def test_a_second_dot_in_a_source_is_refused(self):
        self.write("src/base/a.v1.cpp", "")
        self.write("sources.txt", "php_ext/module.cpp\nsrc/base/a.cpp\nsrc/base/a.v1.cpp\n")
        self.assert_complains("a second dot in the path")

    def test_the_versions_must_agree(self):
        self.write("CHANGELOG.md", "## [1.2.4]\n")
        self.assert_complains("one version everywhere")


if __name__ == "__main__":
    unittest.main()
