# SPDX-License-Identifier: BSD-3-Clause
"""What stands in front of a store and can be told to lie (tests/faults/relay)."""

import json
import os
import socket
import sys
from pathlib import Path

from .fault import Fault
from .waiting import wait_until

_HERE = Path(__file__).resolve().parent.parent


class Front:
    """The web servers' lists name it in place of its store."""

    def __init__(self, run, network, store, port):
        self._run = run
        self._network = network
        self._store = store
        self._port = port
        self._control = str(run.directory / f"front{store.number}.sock")
        self._process = None

    def start(self):
        address = self._network.address(self._store.number)
        command = self._network.command(self._store.number, [
            sys.executable, "-B", "-m", "relay", self._store.engine, address, str(self._port),
            str(self._store.port), self._control])
        self._process = self._run.spawn(f"front{self._store.number}", command, cwd=_HERE,
                                        env={**os.environ, "PYTHONPATH": str(_HERE)})
        wait_until(self._accepts, "the store's front", 15)

    def stop(self):
        self._run.kill(self._process)

    def do(self, deed):
        """From now on, until it is told another one; "" is none."""
        return self._tell(deed)

    def counts(self):
        """Requests, and those with another answer than the store's, since the last deed began."""
        return self._tell("?")

    def _tell(self, line):
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(10)
            control.connect(self._control)
            control.sendall(line.encode() + b"\n")
            return json.loads(control.makefile().readline())

    def _accepts(self):
        self._network.connect(self._store.number, self._port, 1).close()
        return bool(self.counts())


class Hostile(Fault):
    """A store that does what no store should, by the name of a deed."""

    def __init__(self, front, deed):
        self.name = f"a store that {deed}"
        self._front = front
        self._deed = deed
        self._is_on = False

    def begin(self):
        self._front.do(self._deed)
        self._is_on = True

    def end(self):
        self.lies, self.requests = (self._front.counts()[name] for name in ("lies", "requests"))
        self._front.do("")
        self._is_on = False

    def in_force(self):
        """It lies only when it is asked: whether it did is `lies` afterwards."""
        return self._is_on
