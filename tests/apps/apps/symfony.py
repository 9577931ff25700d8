# SPDX-License-Identifier: BSD-3-Clause
"""Symfony's default session: a class in front of PHP's handler, which sends its own cookie."""

import json
import shutil

from .app import PAGES, App, Visitor, app


@app
class Symfony(App):
    name = "symfony"
    packages = ("php-symfony-http-foundation",)
    extensions = ("mbstring.so",)
    in_gate = True

    def install(self, lab):
        folder = lab.run.directory / "site" / "app"
        folder.mkdir()
        shutil.copy(PAGES / "symfony.php", folder / "index.php")

    def visitor(self, jar):
        return _Visitor(jar)


class _Visitor(Visitor):
    def log_in(self):
        self.jar.post("/app/?do=login", user="ada")

    def change(self, number):
        return self.jar.post("/app/?do=change", number=number)

    def read(self):
        answer = self.jar.get("/app/")
        page = json.loads(answer.text) if answer.text.startswith("{") else {}
        return (page.get("number") if page.get("user") == "ada" else None), answer

    def log_out(self):
        self.jar.post("/app/?do=logout")
