# SPDX-License-Identifier: BSD-3-Clause
"""What the tour has to know of an application."""

import os
from pathlib import Path

from jar import Jar

PAGES = Path(__file__).resolve().parent.parent / "pages"
APPS = {}


class App:
    name = ""
    packages = ()  # Debian's
    extensions = ()  # of PHP
    ini = {}
    in_gate = False

    def jar(self, lab):
        """What drives it."""
        return Jar(lab.balancer.port)

    def visitor(self, jar):
        raise NotImplementedError

    def install(self, lab):
        """Puts it under /app/ of the lab's site."""
        raise NotImplementedError

    def remove(self):
        """Ends what install() has started besides."""

    @staticmethod
    def link(lab, folder):
        os.symlink(folder, lab.run.directory / "site" / "app")


class Visitor:
    """A visitor of it. `change()` gives the answer; `read()` the number that was changed last, as
    it is found, and the answer: None instead of the number when he is not logged in."""

    def __init__(self, jar):
        self.jar = jar

    def log_in(self):
        raise NotImplementedError

    def change(self, number):
        raise NotImplementedError

    def read(self):
        raise NotImplementedError

    def log_out(self):
        raise NotImplementedError


def app(cls):
    APPS[cls.name] = cls
    return cls
