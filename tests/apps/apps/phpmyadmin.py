# SPDX-License-Identifier: BSD-3-Clause
"""phpMyAdmin, with a MariaDB of its own. What is changed is how many rows a page of a table has."""

import re
import subprocess
from pathlib import Path

from lab import wait_until

from .app import App, Visitor, app

_SETTINGS = Path("/etc/phpmyadmin/conf.d/tour.php")
_TABLE = "db=tour&table=fruit"


@app
class PhpMyAdmin(App):
    name = "phpmyadmin"
    packages = ("phpmyadmin", "mariadb-server", "php-mysql")
    extensions = ("mysqlnd.so", "mysqli.so", "mbstring.so", "iconv.so", "ctype.so", "dom.so")

    def install(self, lab):
        directory = lab.run.directory / "mariadb"
        directory.mkdir()
        directory.chmod(0o777)
        socket = directory / "socket"
        data = f"--datadir={directory}/data"
        subprocess.run(["mariadb-install-db", data, "--auth-root-authentication-method=normal",
                        "--skip-test-db", "--user=www-data"], check=True, capture_output=True)
        lab.run.spawn("mariadb", ["mariadbd", "--no-defaults", data, f"--socket={socket}",
                                  "--skip-networking", "--user=www-data",
                                  f"--pid-file={directory}/pid"])
        wait_until(lambda: self._sql(socket, "SELECT 1"), "MariaDB", 60)
        rows = ", ".join(f"({number})" for number in range(300))
        if not self._sql(socket, "CREATE USER ada@localhost IDENTIFIED BY 'secret'; "
                                 "GRANT ALL ON *.* TO ada@localhost; CREATE DATABASE tour; "
                                 "CREATE TABLE tour.fruit (number INT PRIMARY KEY); "
                                 f"INSERT INTO tour.fruit VALUES {rows}"):
            raise RuntimeError("MariaDB has not made the table")
        _SETTINGS.write_text(f"""<?php
$cfg['blowfish_secret'] = 'the tour has a secret of 32 chars';
$cfg['Servers'] = [1 => ['auth_type' => 'cookie', 'host' => 'localhost', 'socket' => '{socket}']];
$cfg['PmaNoRelation_DisableWarning'] = true;
$cfg['CheckConfigurationPermissions'] = false;
""")
        self.link(lab, "/usr/share/phpmyadmin")

    def remove(self):
        _SETTINGS.unlink(missing_ok=True)

    @staticmethod
    def _sql(socket, text):
        return subprocess.run(["mariadb", f"--socket={socket}", "-u", "root", "-e", text],
                              capture_output=True, check=False).returncode == 0

    def visitor(self, jar):
        return _Visitor(jar)


class _Visitor(Visitor):
    _token = ""

    def log_in(self):
        form = self.jar.get("/app/index.php")
        self.jar.post("/app/index.php?route=/", pma_username="ada", pma_password="secret",
                      server="1", target="index.php", token=form.field("token"),
                      set_session=form.field("set_session"))

    def change(self, number):
        self.read()
        return self.jar.post(f"/app/index.php?route=/sql&{_TABLE}", pos="0", server="1",
                             sql_query="SELECT * FROM `fruit`", session_max_rows=number + 10,
                             is_browse_distinct="0", token=self._token)

    def read(self):
        answer = self.jar.get(f"/app/index.php?route=/sql&server=1&{_TABLE}&pos=0")
        found = re.search(r'name="session_max_rows"[^>]*value="(\d+)"', answer.text)
        self._token = answer.field("token") or self._token
        return (int(found.group(1)) - 10 if found else None), answer

    def log_out(self):
        self.jar.post("/app/index.php?route=/logout", token=self._token, server="1")
