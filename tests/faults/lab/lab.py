# SPDX-License-Identifier: BSD-3-Clause
"""A load-balanced PHP site without sticky sessions, on one machine."""

import json
import shutil
import subprocess
from pathlib import Path

from .balancer import Balancer
from .browser import Browser
from .clocks import Clock
from .front import Front
from .handlers import HANDLERS
from .host import SITE, WebHost
from .network import LoopbackNetwork, NamespaceNetwork, can_make_namespaces
from .processes import Run, remove_leftovers
from .store import ENGINES, Limits, free_port
from .waiting import wait_until

_STORE_PORT = {"memcached": 11211, "redis": 6379}
_STORE_PORT_BEHIND = 21211  # of a store that has a front
_FPM_PORT = 9000

# As php.ini-production, except that errors are shown: a visitor has to see them to count them.
_PHP_INI = {
    "display_errors": 1,
    "display_startup_errors": 1,
    "error_reporting": 32767,  # E_ALL; the lines are quoted, and a quoted constant means 0
    "html_errors": 0,
    "log_errors": 1,
    "output_buffering": 4096,
    "session.use_strict_mode": 1,
    "session.cookie_httponly": 1,
    "session.gc_maxlifetime": 1440,
    "session.gc_probability": 0,
}


class Lab:
    """`hosts` web hosts, each with its own store and php-fpm, behind one balancer; `spare` more
    are wired up and wait until they join.

    Use it as a context manager. `extension` is the path of sessmirror.so (other handlers are taken
    from PHP's extension directory), `ini` adds to or replaces lines of the one php.ini.
    `engine`: that of the stores, if the handler takes any. `limits`: those of the store of a host,
    by its number. `warm`: stores have their data again after a restart, from files. `clocks`: every
    host has a wall clock of its own. `fronts`: numbers of the hosts whose store has a front that
    can be told to lie (front.py). `extensions`: of PHP, which an application needs. `moves`: each
    host has a php.ini of its own, so that it can be given another handler.
    """

    def __init__(self, handler="sessmirror", extension=None, hosts=2, spare=0, workers=8, ini=None,
                 limits=None, warm=False, clocks=False, namespaces=None, engine="memcached",
                 fronts=(), extensions=(), moves=False):
        self.handler = HANDLERS[handler].over(engine)
        self._extension = extension
        self._extensions = extensions
        self._count = hosts
        self._workers = workers
        self._ini = ini or {}
        self._moves = moves
        self._given = {}  # by host's name: its handler, and lines of its php.ini
        self._namespaces = namespaces
        self._spare = spare
        self._limits = limits or {}
        self._warm = warm
        self._clocks = clocks
        self.fronts = dict.fromkeys(fronts)
        self.run = self.network = self.balancer = None
        self.hosts = []  # those that serve
        self.spare = []
        self.entries = None  # of the list of stores, where it is not the stores of the hosts

    def __enter__(self):
        remove_leftovers()
        self.run = Run()
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self.run.close()
        finally:
            if self.network:
                self.network.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.balancer.port}"

    @property
    def stores(self):
        return [host.store for host in self.hosts]

    def listed(self):
        """The entries of the list of stores."""
        return self.entries or [store.endpoint for store in self.stores]

    @property
    def php_ini(self):
        return self.run.directory / "php.ini"

    def php_ini_of(self, host):
        return self.run.directory / f"{host.name}.ini" if self._moves else self.php_ini

    def give(self, host, handler, ini):
        """This host another handler, with these lines of php.ini. In force after a reload."""
        self._given[host.name] = (handler, ini)
        self.write_ini()

    def browser(self):
        """A new visitor's browser, with no cookies yet."""
        return Browser(self.balancer.port)

    def status(self, host):
        """sessmirror_status() of a host; None when the handler has no such thing."""
        page = self.browser().get("status.php", host)
        return (page.data or {}).get("status")

    def counters(self):
        """The counters of all hosts added up; empty when the handler counts nothing."""
        total = {}
        for host in self.hosts:
            for name, value in ((self.status(host.name) or {}).get("counters") or {}).items():
                total[name] = total.get(name, 0) + value
        return total

    def settled(self):
        """A condition for wait_until: every host says that every store has all that belongs there.
        A worker that has had no session yet knows nothing."""
        statuses = [self.status(host.name) for host in self.hosts]
        return all(status is None or len(status["stores"]) == len(self.listed())
                   and all(store["state"] == "up" for store in status["stores"])
                   for status in statuses)

    @staticmethod
    def free_port():
        """Of the machine itself."""
        return free_port(["127.0.0.1"])

    def notes(self):
        """The directory where pages of the site leave notes for the tests."""
        return self.run.directory / "notes"

    def _start(self):
        wired = can_make_namespaces(self.run) if self._namespaces is None else self._namespaces
        kind = NamespaceNetwork if wired else LoopbackNetwork
        numbers = range(1, self._count + self._spare + 1)
        self.network = kind(self.run, len(numbers))
        addresses = [self.network.address(number) for number in numbers]
        store_port = _STORE_PORT[self.handler.engine] if wired else free_port(addresses)
        fpm_port = _FPM_PORT if wired else free_port(addresses)
        self._port_behind = _STORE_PORT_BEHIND if wired else free_port(addresses)
        hosts = [self._make_host(number, store_port, fpm_port) for number in numbers]
        self.hosts, self.spare = hosts[:self._count], hosts[self._count:]
        self._write_files()
        for host in self.hosts:
            host.store.start()
        for front in self.fronts.values():
            front.start()
        for host in self.hosts:
            host.start(self.php_ini_of(host))
        self.balancer = Balancer(self.run, self.network, self.hosts, self.run.directory / "site")
        self.balancer.start()
        wait_until(self._serves, "the site answers", 10)

    def _serves(self):
        return all(self.browser().get("status.php", host.name).status == 200
                   for host in self.hosts)

    def _write_files(self):
        # A copy, since the workers' user may not be able to read the source tree.
        shutil.copytree(SITE, self.run.directory / "site")
        self.notes().mkdir()
        self.notes().chmod(0o1777)
        self.write_ini()

    def write_ini(self):
        """The one php.ini, with the stores of the hosts that serve, or `entries`. In force after a
        reload."""
        for host in self.hosts:
            handler, ini = self._given.get(host.name, (self.handler, self._ini))
            self._write(self.php_ini_of(host), handler, ini)

    def _write(self, file, handler, ini):
        settings = {**_PHP_INI, **handler.settings(self.listed()), **ini}
        extensions = (*self._extensions, *handler.extensions)
        lines = [f'extension = "{self._path_of(name)}"' for name in extensions]
        lines += [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        file.write_text("\n".join(lines) + "\n")

    def _make_host(self, number, store_port, fpm_port):
        name = f"web{number}"
        clock = Clock(self.run, name) if self._clocks else None
        engine = ENGINES[self.handler.engine]
        options = engine.options_for(self._limits.get(number, Limits()))
        if self._warm:
            options += engine.warm_options(self._memory_directory(name))
        if number in self.fronts:
            store = engine(self.run, self.network, number, self._port_behind, options, clock,
                           named=store_port)
            self.fronts[number] = Front(self.run, self.network, store, store_port)
        else:
            store = engine(self.run, self.network, number, store_port, options, clock)
        return WebHost(self.run, self.network, number, fpm_port, self._workers, store, clock)

    def _memory_directory(self, name):
        directory = self.run.directory / f"{name}.memory"
        directory.mkdir()
        directory.chmod(0o777)  # the store is not root
        return directory

    def _path_of(self, extension):
        if extension != "sessmirror.so":
            return extension
        if not self._extension:
            raise ValueError("the handler sessmirror needs the path of sessmirror.so")
        copy = self.run.directory / extension
        if not copy.exists():
            shutil.copy(self._extension, copy)
        return copy
