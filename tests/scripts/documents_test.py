#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Links of the documents lead somewhere, and the commands that they name are there."""
import pathlib
import re
import tempfile
import unittest

import documents
from documents import ROOT

PAGE = """# A page

See [there](b.md#what-it-is) and [nowhere](c.md), [far](https://example.org/x.md), `[no](link.md)`.

## What `it` is, *really*?

```ini
sessmirror.locking = off
```

* in a list

  ```sh
  scripts/one --two
  ```
"""


class Reading(unittest.TestCase):
    def test_links_in_code_and_to_other_sites_are_let_off(self):
        self.assertEqual(documents.links(PAGE), ["b.md#what-it-is", "c.md"])

    def test_headings_are_named_as_github_names_them(self):
        self.assertEqual(documents.anchors(PAGE), {"a-page", "what-it-is-really"})

    def test_a_second_heading_of_the_same_name_gets_a_number(self):
        self.assertEqual(documents.anchors("# A\n## B\n## B\n"), {"a", "b", "b-1"})

    def test_a_block_in_a_list_loses_its_indentation(self):
        self.assertEqual(list(documents.blocks(PAGE, "sh")), ["scripts/one --two\n"])

    def test_directives_are_found_in_prose_and_files_are_not(self):
        text = "`sessmirror.ack`, sessmirror.lock_wait_ms. And sessmirror.so"
        self.assertEqual(documents.directives(text), {"sessmirror.ack", "sessmirror.lock_wait_ms"})

    def test_settings_in_the_prose_are_found(self):
        text = "with `sessmirror.ack = one`, `locking = off`, `sessmirror.ack`, `redundancy = N`"
        self.assertEqual(list(documents.settings(text)),
                         [("sessmirror.ack", "one"), ("sessmirror.locking", "off")])

    def test_a_line_of_the_log_is_known_by_what_stands_between_its_values(self):
        text, = documents.logged('journal_.add(Severity::Notice, "store %s is back after %.1f s", a, b);')
        self.assertTrue(documents.tells("store … is back after … s", text))
        self.assertFalse(documents.tells("store … is down: …", text))


class Checking(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "b.md").write_text("# What it was\n")

    def test_a_missing_page_and_a_missing_heading_are_noticed(self):
        self.assertEqual(list(documents.broken_links("a.md", PAGE, self.root)),
                         ["a.md: b.md#what-it-is: no such heading", "a.md: c.md: no such file"])

    def test_a_missing_command_is_noticed(self):
        self.assertEqual(list(documents.missing_commands("a.md", PAGE, self.root)),
                         ["a.md: scripts/one: no such file"])


class Documents(unittest.TestCase):
    def setUp(self):
        self.pages = documents.documents()

    def problems(self, check):
        return [problem for page, text in self.pages.items() for problem in check(page, text)]

    def test_every_link_leads_somewhere(self):
        self.assertEqual(self.problems(documents.broken_links), [])

    def test_every_command_and_file_of_the_project_that_is_named_is_there(self):
        self.assertEqual(self.problems(documents.missing_commands), [])

    def test_every_line_of_the_log_that_is_explained_is_one_of_the_sources(self):
        source = documents.literals()
        for line in documents.log_lines(self.pages["docs/troubleshooting.md"]):
            self.assertTrue(documents.tells(line, source), line)

    def test_every_line_that_the_sources_log_is_explained(self):
        lines = documents.log_lines(self.pages["docs/troubleshooting.md"])
        texts = set(documents.logged(documents.literals())) - {"%s"}
        self.assertGreater(len(texts), 10)
        for text in texts:
            with self.subTest(text):
                self.assertTrue(any(documents.tells(line, text) for line in lines), "docs/troubleshooting.md lacks it")

    def test_the_comparison_in_the_readme_has_the_figures_of_the_whole_one(self):
        table = self.pages["README.md"].partition("\n## Beside other handlers\n")[2].partition("\n## ")[0]
        figures = re.findall(r"[\d.]+ (?:s|of \d+)(?=[* |])", table)
        self.assertGreater(len(figures), 20)
        self.assertEqual([figure for figure in figures if figure not in self.pages["docs/consistency.md"]], [])

    def test_every_page_can_be_reached_from_the_readme(self):
        reached, new = set(), {"README.md"}
        while new:
            page = new.pop()
            reached.add(page)
            for target in documents.links(self.pages.get(page, "")):
                place = ((ROOT / page).parent / target.partition("#")[0]).resolve()
                if place.is_file() and place.is_relative_to(ROOT):
                    new |= {str(place.relative_to(ROOT))} - reached
        self.assertEqual(set(self.pages) - reached, set())


if __name__ == "__main__":
    unittest.main()
