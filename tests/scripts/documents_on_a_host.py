#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Usage: SESSMIRROR_SO=FILE tests/scripts/documents_on_a_host.py      as root, on Debian

Does what README.md, docs/howto.md and docs/migration.md tell a site to do, word for word. The host is made for it: it has
the addresses of the documents and processes of its own, and what is written to the machine's folders is gone afterwards.
"""
import os
import pathlib
import re
import subprocess
import sys
import unittest

import documents

sys.path.insert(0, str(documents.ROOT / "tests" / "faults"))
from lab.waiting import wait_until  # noqa: E402

ADDRESSES = ("10.0.0.1", "10.0.0.2")
WRITTEN_TO = ("etc", "usr/lib/php", "var/lib/php", "var/log", "run")
PATIENCE_S = 20


def enter_host():
    if os.environ.get("ON_THE_HOST") != "1":
        os.environ["ON_THE_HOST"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
                              sys.executable, __file__, *sys.argv[1:]])


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def shell(text):
    return run("bash", "-e", "-o", "pipefail", "-c", text)


def make_host():
    run("mount", "-t", "tmpfs", "tmpfs", "/mnt")
    for folder in WRITTEN_TO:
        upper, work = (pathlib.Path("/mnt") / kind / folder for kind in ("upper", "work"))
        upper.mkdir(parents=True)
        work.mkdir(parents=True)
        run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/{folder},upperdir={upper},workdir={work}", f"/{folder}")
    run("ip", "link", "set", "lo", "up")
    for address in ADDRESSES:
        run("ip", "address", "add", f"{address}/32", "dev", "lo")
    extensions = run("php-config", "--extension-dir").strip()
    run("install", os.environ["SESSMIRROR_SO"], f"{extensions}/sessmirror.so")


class Chapter:
    """A heading's part of a page, with the version of PHP that this machine has."""

    def __init__(self, page, heading):
        version = run("php-config", "--version").rpartition(".")[0]
        text = documents.documents()[page].partition(f"\n{heading}\n")[2]
        level = heading.partition(" ")[0]
        self.text = re.split(rf"^#{{1,{len(level)}}} ", text, flags=re.MULTILINE)[0].replace("8.2", version)

    def block(self, language, index=0):
        return list(documents.blocks(self.text, language))[index]

    def span(self, beginning):
        return next(span for span in documents.SPAN.findall(self.text) if span.startswith(beginning))


def is_listening(address):
    return f"{address}:11211 " in run("ss", "--listening", "--tcp", "--numeric")


def php(script, *arguments, **settings):
    options = [option for name, value in settings.items()
               for option in ("-d", f"{name.replace('__', '.')}={value}")]
    return run("php", "-d", "session.use_cookies=0", *options, "-r", script, "--", *arguments)


PUT = "session_id($argv[1]); session_start(); $_SESSION['n'] = $argv[2];"
GET = "session_id($argv[1]); session_start(); echo $_SESSION['n'] ?? 'nothing';"
END = "session_id($argv[1]); session_start(); session_destroy();"


class DocumentsOnAHost(unittest.TestCase):
    """One site from nothing to a replicated session, by the documents alone, in their order."""

    @classmethod
    def setUpClass(cls):
        make_host()
        first = Chapter("README.md", "### Your first replicated session")
        cls.first = first
        cls.configure_memcached(first.block(""))
        cls.servers = [
            subprocess.Popen(["/usr/share/memcached/scripts/systemd-memcached-wrapper", "/etc/memcached.conf"]),
            subprocess.Popen(first.span("memcached -u").replace(*ADDRESSES).split()),
        ]
        for address in ADDRESSES:
            wait_until(lambda address=address: is_listening(address), f"a memcached at {address}", PATIENCE_S)

    @staticmethod
    def configure_memcached(lines):
        """As an administrator edits the file: a line takes the place of the one with the same option."""
        file = pathlib.Path("/etc/memcached.conf")
        text = file.read_text()
        for line in lines.splitlines():
            option = line.split()[0]
            text = re.sub(rf"^{option} .*\n", "", text, flags=re.MULTILINE) + line + "\n"
        file.write_text(text)

    def assert_serves(self, status):
        self.assertIn("[configuration] => ok", status)
        self.assertIn(f"[local] => {ADDRESSES[0]}:11211", status)
        self.assertEqual(status.count("[up] => 1"), 2, status)

    def test_1_a_configuration_is_tried_before_php_ini_is_touched(self):
        self.assert_serves(shell(Chapter("docs/migration.md", "## The steps").block("sh")))

    def test_2_sessions_of_memcached_are_taken_over_once_and_end_for_good(self):
        old = {"session__save_handler": "memcached",
               "session__save_path": ", ".join(f"{address}:11211" for address in ADDRESSES)}
        at_once = Chapter("docs/migration.md", "## All web servers at once").block("ini")
        new = {name.replace(".", "__"): value for name, value in re.findall(r'^(\S+) = "?(.*?)"?$', at_once, re.MULTILINE)}
        new["extension"] = "sessmirror"
        new["sessmirror__import"] = '"' + new["sessmirror__import"] + '"'
        visitors = [f"the-visitor-with-the-number-{number}" for number in range(8)]  # over both servers
        for number, visitor in enumerate(visitors):
            php(PUT, visitor, f"{number}", **old)
        for number, visitor in enumerate(visitors):
            self.assertEqual(php(GET, visitor, **new), f"{number}")
            self.assertEqual(php(GET, visitor, **old), f"{number}")
        php(END, visitors[0], **new)
        for handler in (new, old):
            self.assertEqual(php(GET, visitors[0], **handler), "nothing")

    def test_3_the_first_replicated_session(self):
        version = run("php-config", "--version").rpartition(".")[0]
        module = pathlib.Path(self.first.span("/etc/php/"))
        self.assertEqual(str(module), f"/etc/php/{version}/mods-available/sessmirror.ini")
        module.write_text(Chapter("README.md", "## Three lines of php.ini").block("ini"))
        # No systemd is here, and no php-fpm to be restarted.
        shell("".join(line + "\n" for line in self.first.block("sh").splitlines() if not line.startswith("systemctl")))
        self.assert_serves(shell(self.first.block("sh", 1)))
        self.assertIn("Configuration => ok", shell(self.first.span("php-fpm")))
        self.assertIn("2 of 2 stores answer", shell(f"{documents.ROOT}/bin/{self.first.span('sessmirror check')}"))

    def test_4_stores_are_brought_up_to_date(self):
        progress = shell(Chapter("docs/howto.md", "### Refill a store at once").block("sh"))
        self.assertIn("100 %", progress)

    def test_5_two_hosts_with_a_secret(self):
        chapter = Chapter("docs/howto.md", "## Two hosts")
        shell(chapter.block("sh"))
        pathlib.Path(self.first.span("/etc/php/")).write_text(chapter.block("ini"))
        self.assert_serves(shell(self.first.block("sh", 1)))


if __name__ == "__main__":
    enter_host()
    unittest.main()
