# SPDX-License-Identifier: BSD-3-Clause
"""Roundcube with session_storage = php. What is changed is the page of the list of messages, which
it remembers."""

import re
import shutil
import sqlite3
import sys
from pathlib import Path

from .app import PAGES, App, Visitor, app

_IMAP_PORT = 1143
_SCHEMA = Path("/usr/share/roundcube/SQL/sqlite.initial.sql")


@app
class Roundcube(App):
    name = "roundcube"
    packages = ("roundcube-core", "roundcube-sqlite3")
    extensions = ("pdo.so", "pdo_sqlite.so", "mbstring.so", "intl.so", "dom.so", "iconv.so",
                  "ctype.so", "fileinfo.so")

    def install(self, lab):
        folder = lab.run.directory / "site" / "app"
        (folder / "config").mkdir(parents=True)
        shutil.copy(PAGES / "roundcube.php", folder / "index.php")
        shutil.copy(PAGES / "roundcube_config.php", folder / "config" / "config.inc.php")
        shutil.copy("/etc/roundcube/defaults.inc.php", folder / "config")
        shutil.copy("/etc/roundcube/mimetypes.php", folder / "config")
        database = lab.run.directory / "tour.sqlite"
        with sqlite3.connect(database) as connection:
            connection.executescript(_SCHEMA.read_text())
        database.chmod(0o666)
        lab.run.directory.chmod(0o777)  # SQLite writes a journal beside its file
        server = str(PAGES.parent / "imap.py")
        for host in lab.hosts:
            lab.run.spawn(f"imap{host.number}", lab.network.command(
                host.number, [sys.executable, server, str(_IMAP_PORT)]))

    def visitor(self, jar):
        return _Visitor(jar)


class _Visitor(Visitor):
    _token = ""

    def log_in(self):
        form = self.jar.get("/app/?_task=login")
        self.jar.post("/app/?_task=login", _task="login", _action="login", _user="ada",
                      _pass="secret", _token=form.field("_token"))

    def change(self, number):
        return self.jar.get(f"/app/?_task=mail&_action=list&_mbox=INBOX&_page={number}&_remote=1")

    def read(self):
        answer = self.jar.get("/app/?_task=mail&_mbox=INBOX")
        found = re.search(r'"current_page":(\d+)', answer.text)
        token = re.search(r'"request_token":"([^"]+)"', answer.text)
        self._token = token.group(1) if token else self._token
        return (int(found.group(1)) if found and '"task":"mail"' in answer.text else None), answer

    def log_out(self):
        self.jar.get(f"/app/?_task=logout&_token={self._token}")
