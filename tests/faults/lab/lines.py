# SPDX-License-Identifier: BSD-3-Clause
"""Wires that are slow or lose packets: policy rules that send packets through a tun device, whose
other end keeps each back for a while, or drops some (line.py). netem would do it too, but many
small kernels lack it, and the device also counts what crosses.
"""

import itertools
import sys
import time
from pathlib import Path

from .cuts import BlackHole, Rules
from .waiting import wait_until

_LINE = "50"


class Line:
    """A tun device on host `number` (0: the router) and a routing table that leads into it."""

    _numbers = itertools.count(1)

    def __init__(self, run, network, number, delay_ms=0, loss=0.0, seed=1):
        self._network, self._number = network, number
        self._run = run
        index = next(self._numbers)
        self.device, self.table = f"line{index}", str(1000 + index)
        script = str(Path(__file__).with_name("line.py"))
        self._process = run.spawn(self.device, network.command(
            number, [sys.executable, script, self.device, str(delay_ms), str(loss), str(seed)]))
        wait_until(lambda: network.ip(number, "link", "show", "dev", self.device, check=False) == 0,
                   "the line", 5)
        network.ip(number, "link", "set", self.device, "up")
        network.set(number, "net/ipv4/conf/all/rp_filter", 0)
        network.set(number, f"net/ipv4/conf/{self.device}/rp_filter", 0)
        network.set(number, f"net/ipv4/conf/{self.device}/accept_local", 1)
        network.ip(number, "route", "add", "default", "dev", self.device, "table", self.table)

    def close(self):
        self._run.end(self._process)

    def crossed(self):
        """(packets, bytes of IP) that have gone in."""
        with self._network.entered(self._number):
            devices = Path("/proc/thread-self/net/dev").read_text()
        line = next(line for line in devices.splitlines()
                    if line.strip().startswith(f"{self.device}:"))
        sent = line.partition(":")[2].split()[8:]
        return int(sent[1]), int(sent[0])


class LongWire(Rules):
    """Every packet between two hosts takes longer, and is counted."""

    name = "a long wire"

    def __init__(self, run, network, delay_ms, loss=0.0):
        super().__init__(network)
        self._delay_s = delay_ms / 1000
        self._line = Line(run, network, 0, delay_ms=delay_ms, loss=loss)

    def crossed(self):
        return self._line.crossed()

    def _selectors(self):
        return [["pref", _LINE, "iif", f"host{number}", "to", "10.77.0.0/16",
                 "lookup", self._line.table] for number in self._network.numbers]

    def in_force(self):
        start = time.monotonic()
        return self._network.passes(1, 2, 5) and time.monotonic() - start >= self._delay_s


class PacketLoss(LongWire):
    """A share of all packets between hosts vanishes."""

    name = "a loss of packets"
    _SENT = 100

    def __init__(self, run, network, share):
        super().__init__(run, network, 0, loss=share)

    def in_force(self):
        return 0 < self._network.arriving(1, 2, self._SENT) < self._SENT


class SlowStore(BlackHole):
    """A store's answers take longer, also those to its own host."""

    def __init__(self, run, network, store, delay_ms):
        super().__init__(network, store)
        self.name = f"a store that is {delay_ms} ms slow"
        self._delay_s = delay_ms / 1000
        self._outside = Line(run, network, 0, delay_ms=delay_ms)
        self._inside = Line(run, network, store.number, delay_ms=delay_ms)
        # Else the host's own table would come first, and its store's answers to itself be local.
        network.add_rule(store.number, "pref", "100", "lookup", "local")
        network.remove_rule(store.number, "pref", "0")

    def _selectors(self):
        answers = super()._selectors()[1][2:-1]
        return [["pref", _LINE, "iif", f"host{self._store.number}", *answers,
                 "lookup", self._outside.table]]

    def begin(self):
        super().begin()
        self._network.add_rule(self._store.number, *self._home_rule())

    def end(self):
        super().end()
        self._network.remove_rule(self._store.number, *self._home_rule())

    def _home_rule(self):
        answers = super()._selectors()[1][2:-1]
        return ["pref", _LINE, "iif", "lo", *answers, "to", self._network.address(
            self._store.number), "lookup", self._inside.table]

    def in_force(self):
        return all(self._store.seconds_to_answer(number) >= self._delay_s
                   for number in (self._store.number, self._store.neighbour))
