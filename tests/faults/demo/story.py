# SPDX-License-Identifier: BSD-3-Clause
"""The events of the demo, in order, and the sum at the end."""

import time

from lab import Crowd, Overdue, wait_until

from .panel import Ticker

_PATIENCE_S = 60


class Story:
    def __init__(self, screen, lab, visitors, calm_s):
        self._screen = screen
        self._lab = lab
        self._calm_s = calm_s
        self._crowd = Crowd(lab, visitors)
        self._counters = {}

    def tell(self):
        """Runs it. True when nobody was logged out and no page showed an error."""
        first, second = self._lab.stores
        with self._crowd, Ticker(self._screen, self._lab, self._crowd):
            self._event(f"{len(self._crowd.visitors)} visitors arrive, log in and shop",
                        lambda: None)
            self._event(f"{first.name} is killed: kill -9 {first.pid}", first.kill)
            self._event(f"{first.name} comes back, with nothing in it", first.start)
            self._event(f"{second.name} hangs: kill -STOP {second.pid}", second.hang)
            self._event(f"{second.name} goes on: kill -CONT {second.pid}", second.resume)
            self._event(f"{second.name} is killed: kill -9 {second.pid}", second.kill)
            self._event("The visitors go on with the one store that was empty a minute ago",
                        lambda: None)
        self._counters = self._lab.counters()
        return self._sum_up()

    def _event(self, text, happen):
        self._screen.event(text)
        start, first = time.monotonic(), len(self._crowd.ledger)
        changed = self._crowd.all_have_changed_something()
        happen()
        self._wait(changed, "every visitor's session has been changed since")
        self._wait(lambda: time.monotonic() - start > self._calm_s, "")
        self._verdict(first)

    def _wait(self, condition, meaning):
        try:
            wait_until(condition, meaning, _PATIENCE_S)
        except Overdue as overdue:
            self._screen.bad(str(overdue))
            return
        if meaning:
            self._screen.quiet(meaning)

    def _verdict(self, first):
        summary = self._crowd.ledger.summary(first)
        text = (f"{summary['pages']} pages, {summary['errors']} errors, "
                f"{summary['logged out']} logged out, {summary['wrong carts']} wrong carts, "
                f"slowest {1000 * summary['slowest']:.0f} ms")
        fine = not summary["errors"] and not summary["logged out"] and not summary["wrong carts"]
        (self._screen.good if fine else self._screen.bad)(text)

    def _sum_up(self):
        summary = self._crowd.ledger.summary()
        rows = [("pages", summary["pages"]),
                *((f"  of {host}", count) for host, count in sorted(summary["by host"].items())),
                ("errors", summary["errors"]),
                ("logged out", summary["logged out"]),
                ("wrong carts", summary["wrong carts"]),
                ("slowest page", f"{1000 * summary['slowest']:.0f} ms"),
                ("local reads", self._share("local_hits", "reads")),
                ("copies on all stores", self._share("writes", "writes", "degraded_writes"))]
        self._screen.event(f"The sum, with session.save_handler = {self._lab.handler.name}")
        for name, value in rows:
            self._screen.say(f"   {name:22}{value:>8}")
        self._explain(summary)
        return not summary["errors"] and not summary["logged out"]

    def _share(self, part, whole, minus=None):
        if not self._counters.get(whole):
            return "-"
        count = self._counters[part] - (self._counters[minus] if minus else 0)
        return f"{100 * count / self._counters[whole]:.1f} %"

    def _explain(self, summary):
        self._screen.say()
        bad = [visit for visit in self._crowd.ledger.since() if visit.error]
        if bad:
            self._screen.bad(f"first error: {bad[0].error}")
        if summary["wrong carts"]:
            self._screen.quiet("A wrong cart is an old copy: a store that hung returned with what "
                               "it had before.")
        if self._lab.handler.name != "sessmirror":
            return
        self._screen.quiet("A store that comes back is filled again between the pages; until it has been "
                           "compared with its")
        self._screen.quiet("peers, reads on its host are confirmed by the other, and do not count as "
                           "local.")
