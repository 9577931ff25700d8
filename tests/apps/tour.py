# SPDX-License-Identifier: BSD-3-Clause
"""One visitor of an application on two hosts behind round robin, while stores die and hang.

Whatever happens, the visitor finds what he changed last, or the host has counted the read as stale;
he is not logged out; and when he has logged out, his old cookies are worth nothing on any host. A
page that changes something sends a token; no page sends one that the browser has.
"""

from dataclasses import dataclass, field

from lab import Hung, Killed, lift, strike, wait_until

_PATIENCE_S = 90  # stores are compared once a minute
_READS = 4  # so that each host serves some


class Broken(AssertionError):
    """A promise that did not hold."""


@dataclass
class Account:
    reads: int = 0
    changes: int = 0
    old: list = field(default_factory=list)
    repeated: list = field(default_factory=list)  # tokens that told nothing new
    untold: list = field(default_factory=list)  # changes without a token

    def __str__(self):
        return (f"{self.changes} changes, {len(self.untold)} without a token; {self.reads} reads, "
                f"{len(self.old)} old ones, {len(self.repeated)} tokens that told nothing new")


class Tour:
    def __init__(self, lab, app):
        self.lab = lab
        self.app = app
        self.account = Account()
        self._last = 0
        self._stale_before = self._stale_reads()
        self.visitor = app.visitor(app.jar(lab))

    def all(self):
        self.visitor.log_in()
        self._changes("no fault")
        first, second = self.lab.stores
        for fault in (Killed(first), Hung(second), Hung(first), Killed(second)):
            strike(fault)
            self._changes(f"in {fault.name}")
            lift(fault)
            self._changes(f"after {fault.name}")
            wait_until(self._whole, "both stores are whole", _PATIENCE_S)
        for host in self.lab.hosts:
            host.reload()
        self._changes("after a restart of php-fpm")
        self._log_out()
        return self._judge()

    def short(self):
        self.visitor.log_in()
        self._changes("no fault")
        hung = Hung(self.lab.stores[0])
        strike(hung)
        self._changes(f"in {hung.name}")
        lift(hung)
        self._changes(f"after {hung.name}")
        self._log_out()
        return self._judge()

    def _changes(self, when):
        for _ in range(2):
            self._last += 1
            answer = self.visitor.change(self._last)
            self.account.changes += 1
            if not answer.tokens:
                self.account.untold.append(f"{when}: {answer.status} {answer.url}")
            for _ in range(_READS):
                self._read(when)

    def _read(self, when):
        found, answer = self.visitor.read()
        self.account.reads += 1
        if found is None:
            raise Broken(f"{when}: logged out, or no page: {answer.status} {answer.url} "
                         f"{answer.text[:300]!r}")
        if found != self._last:
            self.account.old.append(f"{when}: {found} instead of {self._last}, "
                                    f"from {answer.upstreams[-1]}")
        self.account.repeated += [f"{when}: {token}" for token in answer.repeated]

    def _log_out(self):
        thief = self.app.visitor(self.visitor.jar.copy())
        self.visitor.log_out()
        # The end is known where the store that missed it returns with what it had.
        for _ in range(_READS):
            if thief.read()[0] is not None:
                raise Broken("the old cookies are worth something after the log-out")

    def _whole(self):
        self._read("while stores are filled")
        return self.lab.settled()

    def _stale_reads(self):
        counters = self.lab.counters()
        return counters["stale_reads"] + counters["unmet_tokens"]

    def _judge(self):
        told = self._stale_reads() - self._stale_before
        if len(self.account.old) > told:
            raise Broken(f"{self.account}; {told} told; the first: {self.account.old[0]}")
        for kind in (self.account.untold, self.account.repeated):
            if kind:
                raise Broken(f"{self.account}; the first: {kind[0]}")
        return str(self.account)
