# SPDX-License-Identifier: BSD-3-Clause
"""What visitors have seen, as they judge it at once."""

import threading
from collections import Counter
from dataclasses import dataclass

from .history import History


@dataclass(frozen=True)
class Visit:
    """One page as its visitor judged it."""

    at: float
    visitor: str
    page: str
    host: str | None
    status: int
    seconds: float
    error: str = ""
    logged_out: bool = False
    expected_cart: dict | None = None
    observed_cart: dict | None = None

    @property
    def wrong_cart(self):
        return self.expected_cart != self.observed_cart


class Ledger:
    """Everything that the visitors have seen, as they judge it at once, and as a history for the
    checker. Any thread may write or ask."""

    def __init__(self):
        self.history = History()
        self._lock = threading.Lock()
        self._visits = []

    def add(self, visit):
        with self._lock:
            self._visits.append(visit)

    def since(self, index=0):
        """The visits from that one on, in the order of their ends."""
        with self._lock:
            return self._visits[index:]

    def __len__(self):
        return len(self._visits)

    def summary(self, index=0):
        visits = self.since(index)
        return {
            "pages": len(visits),
            "errors": sum(1 for visit in visits if visit.error),
            "logged out": sum(1 for visit in visits if visit.logged_out),
            "wrong carts": sum(1 for visit in visits if visit.wrong_cart),
            "slowest": max((visit.seconds for visit in visits), default=0.0),
            "by host": Counter(visit.host for visit in visits if visit.host),
        }
