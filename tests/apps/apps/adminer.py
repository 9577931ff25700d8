# SPDX-License-Identifier: BSD-3-Clause
"""Adminer: switches session.use_cookies off on every page, after its session is open, and closes it
early. What is changed is the history of queries, which it keeps in the session.
"""

import re
import shutil
import sqlite3

from chromium import Chromium

from .app import PAGES, App, Visitor, app


@app
class Adminer(App):
    name = "adminer"
    packages = ("adminer", "php-sqlite3")
    extensions = ("mbstring.so", "sqlite3.so")
    in_gate = True

    def install(self, lab):
        folder = lab.run.directory / "site" / "app"
        folder.mkdir()
        shutil.copy(PAGES / "adminer.php", folder / "index.php")
        self.database = lab.run.directory / "tour.sqlite"
        with sqlite3.connect(self.database) as database:
            database.execute("CREATE TABLE fruit (name TEXT)")
        self.database.chmod(0o666)

    def visitor(self, jar):
        return _Visitor(jar, str(self.database))


@app
class AdminerInChromium(Adminer):
    name = "adminer-chromium"
    packages = (*Adminer.packages, "chromium", "chromium-driver")
    in_gate = False

    def jar(self, lab):
        return Chromium(lab)


class _Visitor(Visitor):
    def __init__(self, jar, database):
        super().__init__(jar)
        self._database = database
        self._page = f"/app/?sqlite=&username=ada&db={database}&sql="

    def log_in(self):
        self.jar.post("/app/", **{
            "auth[driver]": "sqlite", "auth[server]": "", "auth[username]": "ada",
            "auth[password]": "", "auth[db]": self._database})

    def change(self, number):
        token = self.jar.get(self._page).field("token")
        return self.jar.post(self._page, query=f"SELECT {number} AS tour", token=token)

    def read(self):
        answer = self.jar.get(self._page)
        text = re.sub(r"<[^>]+>", "", answer.text)
        found = [int(number) for number in re.findall(r"SELECT (\d+) AS tour", text)]
        is_in = "name='logout'" in answer.text or 'name="logout"' in answer.text
        return (max(found, default=0) if is_in else None), answer

    def log_out(self):
        self.jar.post(self._page, logout="Logout", token=self.jar.get(self._page).field("token"))
