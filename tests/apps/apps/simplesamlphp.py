# SPDX-License-Identifier: BSD-3-Clause
"""SimpleSAMLphp inside an application: its session, then the application's, in the same page."""

import json
import shutil

from .app import PAGES, App, Visitor, app

_SOURCES = """<?php
$config = ['tour' => ['exampleauth:UserPass', 'ada:secret' => ['uid' => ['ada']]]];
"""
_CONFIG = """<?php
putenv('SIMPLESAMLPHP_CONFIG_DIR=' . __DIR__ . '/config');
"""
_PAGE = """<?php
require __DIR__ . '/_config.php';
require '/usr/share/simplesamlphp/www/{page}';
"""


@app
class SimpleSAMLphp(App):
    name = "simplesamlphp"
    packages = ("simplesamlphp",)
    extensions = ("dom.so", "mbstring.so")

    def install(self, lab):
        folder = lab.run.directory / "site" / "app"
        inner = folder / "simplesaml"
        (inner / "config").mkdir(parents=True)
        shutil.copy(PAGES / "simplesamlphp.php", folder / "index.php")
        shutil.copy(PAGES / "simplesamlphp_config.php", inner / "config" / "config.php")
        (inner / "config" / "authsources.php").write_text(_SOURCES)
        (inner / "_config.php").write_text(_CONFIG)
        for page in ("module.php", "logout.php"):
            (inner / page).write_text(_PAGE.format(page=page))

    def visitor(self, jar):
        return _Visitor(jar)


class _Visitor(Visitor):
    def log_in(self):
        form = self.jar.get("/app/?do=login")
        self.jar.post(form.url, username="ada", password="secret",
                      AuthState=form.field("AuthState"))

    def change(self, number):
        return self.jar.post("/app/?do=change", number=number)

    def read(self):
        answer = self.jar.get("/app/")
        page = json.loads(answer.text) if answer.text.startswith("{") else {}
        return (page.get("number") if page.get("user") == "ada" else None), answer

    def log_out(self):
        self.jar.get("/app/?do=logout")
