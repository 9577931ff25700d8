# SPDX-License-Identifier: BSD-3-Clause
"""What a fault test is made of."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass

from lab import HANDLERS, Finding, Lab, Promises, check


class Failure(AssertionError):
    """A promise that did not hold."""


class Skipped(Exception):
    """What the test needs cannot be had on this machine."""


@dataclass(frozen=True)
class Case:
    name: str
    promise: str
    body: object
    short: bool
    wires: bool
    engine: str | None


CASES = {}


def case(short=False, wires=False, engine=None):
    """Registers a test. `short`: part of the selection that runs on every change. `wires`: it
    cuts or measures the network between the hosts, so loopback addresses are not enough. `engine`:
    that of its stores, where it is about that one alone."""
    def register(body):
        CASES[body.__name__] = Case(body.__name__, body.__doc__.strip().splitlines()[0], body,
                                    short, wires, engine)
        return body
    return register


class Bench:
    """One test's tools: labs of the handler under test, figures, checks."""

    # The defaults of the directives (sessmirror.deadline_ms), and what a busy machine may add.
    DEADLINE_S = 1.0
    MARGIN_S = 0.5
    _kept_labs = {}  # at most one

    def __init__(self, handler, extension, case, namespaces=None, histories=None,
                 engine="memcached"):
        self.handler = handler
        self._engine = case.engine or engine
        self._histories = histories  # the directory to keep them in
        self._kept = 0
        self.figures = []
        self.logs = []
        self._extension = extension
        self._case = case
        self._namespaces = namespaces

    @property
    def own(self):
        """Whether it is this project's handler."""
        return HANDLERS[self.handler].name == "sessmirror"

    @contextmanager
    def lab(self, **options):
        self.close_kept()
        with self._lab(options) as lab:
            if self._case.wires and not lab.network.has_wires:
                raise Skipped("needs network namespaces")
            with self._watching(lab):
                yield lab

    @contextmanager
    def kept_lab(self, **options):
        """The lab of the test before, if it was made with the same options and kept its promise."""
        lab = self._kept_labs.pop(repr((self._engine, options)), None)
        self.close_kept()
        if lab is None:
            lab = self._lab(options).__enter__()
        try:
            with self._watching(lab):
                yield lab
        except BaseException:
            lab.close()
            raise
        self._kept_labs[repr((self._engine, options))] = lab

    @classmethod
    def close_kept(cls):
        while cls._kept_labs:
            cls._kept_labs.popitem()[1].close()

    def _lab(self, options):
        return Lab(self.handler, self._extension, namespaces=self._namespaces, engine=self._engine,
                   **options)

    @contextmanager
    def _watching(self, lab):
        try:
            yield
        except Exception:
            self.logs = list(lab.run.log_tails())
            raise

    def figure(self, text):
        """A measured value, for the report."""
        self.figures.append(text)

    @staticmethod
    def check(holds, otherwise):
        if not holds:
            raise Failure(otherwise)

    def judge(self, history, allowed=(), reported=0, slower_by_s=0.0):
        """Nothing but what is allowed is found in the history. `reported`: conflicts that the hosts
        have counted, each of which excuses one lost change."""
        if self._histories:
            self._kept += 1
            history.save(self._histories / f"{self._case.name}.{self._kept}.jsonl")
        report = check(history, Promises(self.DEADLINE_S + self.MARGIN_S + slower_by_s,
                                         reported=reported))
        self.figure(str(report))
        found = report.found(but=allowed)
        self.check(not found, "; ".join(report.first(finding) for finding in found))
        return report

    def no_errors(self, visits):
        """No page failed, nobody was logged out, no cart was wrong."""
        for kind, bad in (("errors", lambda visit: visit.error),
                          ("log-outs", lambda visit: visit.logged_out),
                          ("wrong carts", lambda visit: visit.wrong_cart)):
            found = [visit for visit in visits if bad(visit)]
            self.check(not found, f"{len(found)} {kind} in {len(visits)} pages, the first: "
                       + (str(found[0]) if found else ""))


NO_LOCK = (Finding.LOCK_SHARED, Finding.FORK)  # what is allowed where requests do not wait


def all_at_once(actions):
    """Runs the actions in parallel, released together; their results in the same order."""
    gate = threading.Barrier(len(actions))
    results = [None] * len(actions)

    def run(index, action):
        gate.wait()
        results[index] = action()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
