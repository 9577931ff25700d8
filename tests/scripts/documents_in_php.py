#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Usage: SESSMIRROR_SO=FILE tests/scripts/documents_in_php.py

PHP with the extension takes every line of php.ini that the documents show, as a site would start with it;
every directive that they name exists; the table in docs/configuration.md says what the extension says;
and PHP's blocks of code parse.
"""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import documents

EXTENSION = os.environ.get("SESSMIRROR_SO", str(documents.ROOT / "modules" / "sessmirror.so"))
# [php_admin_value[]name[]] = value; a comment begins with a semicolon outside of quotes.
LINE = re.compile(r'^(?:php_(?:admin_)?(?:value|flag)\[)?([\w.]+)\]? *= *("[^"]*"|[^;"]*?) *(?:;.*)?$')
ACCESS = {7: "INI_ALL", 6: "INI_PERDIR", 4: "INI_SYSTEM"}
ENVIRONMENT = {"NODE_ADDRESS": "10.0.0.1"}
SCRIPT = """
$unknown = array_filter(json_decode($argv[1]), fn ($name) => ini_get($name) === false);
echo json_encode(['unknown' => array_values($unknown), 'configuration' => sessmirror_status()['configuration']]);
"""


def lines_of(block):
    """(name, value as it stands) of a block's lines; a line that is none is (line, None)."""
    for line in block.splitlines():
        if line.strip() and not line.lstrip().startswith((";", "[")):
            found = LINE.match(line.strip())
            yield found.groups() if found else (line, None)


class Php:
    """PHP with a configuration of its own, and no other extension than what is compiled in."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, *arguments, ini=""):
        file = self.folder / "php.ini"
        file.write_text(f'extension = "{EXTENSION}"\nsys_temp_dir = "{self.folder}"\n{ini}\n')
        done = subprocess.run(["php", "-n", "-c", file, *arguments], capture_output=True, text=True,
                              env={**os.environ, **ENVIRONMENT})
        return done.returncode, done.stdout + done.stderr

    def in_place(self, name, value):
        """A file that a line names is one of the site's; here is one like it."""
        if name in ("sessmirror.secret_file", "sessmirror.stores_file"):
            file = self.folder / name
            file.write_text("10.0.0.1:11211" if "stores" in name else "0123456789abcdef0123456789abcdef")
            file.chmod(0o600)
            return f'"{file}"'
        return value

    def problems(self, lines):
        """What the extension says about these lines of php.ini."""
        lines = list(lines)
        wrong = [f"not a line of php.ini: {name}" for name, value in lines if value is None]
        if wrong:
            return wrong
        kept = [(name, self.in_place(name, value)) for name, value in lines if name != "extension"]
        if "session.save_handler" not in dict(kept):
            kept.append(("session.save_handler", "sessmirror"))
        names = json.dumps([name for name, _ in kept])
        code, output = self.run("-r", SCRIPT, "--", names,
                                ini="\n".join(f"{name} = {value}" for name, value in kept))
        if code != 0 or not output.startswith("{"):
            return [output]
        answer = json.loads(output)
        wrong = [f"{name}: PHP does not know it" for name in answer["unknown"]]
        return wrong + [answer["configuration"]] * (answer["configuration"] != "ok")


class DocumentsInPhp(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.php = Php(pathlib.Path(folder.name))
        self.pages = documents.documents()

    def directives(self):
        code, output = self.php.run("-r", "echo json_encode(ini_get_all('sessmirror'));")
        self.assertEqual(code, 0, output)
        return json.loads(output)

    def test_a_wrong_value_and_an_unknown_directive_are_noticed(self):
        self.assertIn("sessmirror.ack", self.php.problems([("sessmirror.ack", "two")])[0])
        self.assertIn("does not know", self.php.problems([("sessmirror.akk", "one")])[0])
        self.assertIn("not a line", self.php.problems(lines_of("sessmirror.ack one"))[0])

    def test_every_block_of_php_ini_is_accepted(self):
        blocks = [(page, block) for page, text in self.pages.items()
                  for block in documents.blocks(text, "ini")]
        self.assertTrue(blocks)
        for page, block in blocks:
            with self.subTest(page=page, block=block):
                self.assertEqual(self.php.problems(lines_of(block)), [])

    def test_every_value_that_the_prose_gives_is_accepted(self):
        values = {name: set() for name in self.directives()}
        for text in self.pages.values():
            for name, value in documents.settings(text):
                values.get(name, set()).add(value)
        values = {name: sorted(found) for name, found in values.items()}
        for turn in range(max(map(len, values.values()))):
            lines = [(name, found[turn]) for name, found in values.items() if turn < len(found)]
            with self.subTest(lines=lines):
                self.assertEqual(self.php.problems(lines), [])

    def test_every_directive_that_is_named_exists(self):
        known = set(self.directives())
        named = {name: page for page, text in self.pages.items() if page != "CHANGELOG.md"
                 for name in documents.directives(text)}
        self.assertEqual({name: page for name, page in named.items() if name not in known}, {})

    def test_the_table_of_directives_says_what_the_extension_says(self):
        text = self.pages["docs/configuration.md"]
        rows = re.findall(r"^\| \[`(sessmirror\.\w+)`\]\(#\w+\) \| `(.*?)` \| `(\w+)` \|$", text, re.MULTILINE)
        said = {name: ("" if default == '""' else default, access) for name, default, access in rows}
        self.assertEqual(said, {name: (entry["global_value"], ACCESS[entry["access"]])
                                for name, entry in self.directives().items()})

    def test_every_directive_has_a_section(self):
        sections = set(re.findall(r"^### (sessmirror\.\w+)$", self.pages["docs/configuration.md"], re.MULTILINE))
        self.assertEqual(sections, set(self.directives()))

    def test_code_in_php_parses(self):
        for page, text in self.pages.items():
            for block in documents.blocks(text, "php"):
                with self.subTest(page=page, block=block):
                    file = self.php.folder / "block.php"
                    file.write_text(block)
                    self.assertEqual(self.php.run("-l", file)[0], 0)


if __name__ == "__main__":
    unittest.main()
