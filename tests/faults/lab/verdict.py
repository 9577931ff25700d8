# SPDX-License-Identifier: BSD-3-Clause
"""What a history can show. Which of it a test promises never to happen is the test's to say; the
checker counts all of it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import Enum

_EXAMPLES = 5  # of each kind


class Finding(Enum):
    STALE_READ = "stale read"  # a client missed an acknowledged change of its own, silently
    WENT_BACK = "went back"  # it missed what it had seen before, or was given an older token
    LOST_UPDATE = "lost update"  # an acknowledged or seen change is not there in the end
    SILENT_LOSS = "silent loss"  # more of these than conflicts were reported
    FORK = "fork"  # two acknowledged pages counted on from the same number
    RESURRECTION = "resurrection"  # a session came back after its acknowledged end
    LOCK_SHARED = "lock shared"  # two pages had the session at one time
    LOGGED_OUT = "logged out"  # a page found no session although there was one
    OVERTIME = "overtime"  # a page took longer than is promised
    FAILED = "failed"  # a page had an error


@dataclass(frozen=True)
class Promises:
    """What depends on the site: the seconds for one page, and the seconds more for one whose
    session was in use; how many conflicts the hosts have counted."""

    limit_s: float = 1.5
    wait_s: float = 10.0
    reported: int = 0


@dataclass
class Report:
    counts: Counter = field(default_factory=Counter)
    examples: dict = field(default_factory=lambda: defaultdict(list))
    known_stale: int = 0  # reads that missed something and were flagged
    pages: int = 0
    slowest_s: float = 0.0

    def add(self, finding, event, detail):
        self.counts[finding] += 1
        if len(self.examples[finding]) < _EXAMPLES:
            self.examples[finding].append(
                f"{finding.value}: {event.client}, {event.page} on {event.host} "
                f"at {event.sent:.3f} s: {detail}")

    def found(self, but=()):
        """The kinds that were found, apart from those that the caller allows."""
        return [finding for finding in Finding if self.counts[finding] and finding not in but]

    def first(self, finding):
        return self.examples[finding][0]

    def __str__(self):
        found = ", ".join(f"{self.counts[finding]} {finding.value}" for finding in self.found())
        return (f"{self.pages} pages, slowest {self.slowest_s:.2f} s, {self.known_stale} reads "
                f"known stale; {found or 'nothing found'}")
