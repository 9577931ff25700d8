# SPDX-License-Identifier: BSD-3-Clause
"""Visitors who remember what they did, and notice when the site does not."""

import random
import threading
import time

from .client import Client
from .ledger import Ledger, Visit

ITEMS = ("apple", "bread", "cheese", "dates", "eggs")
_FULL_CART = 40  # pieces; then the visitor logs out and begins again


class Visitor:
    """One visitor, one page at a time. Knows what its cart has to contain."""

    def __init__(self, name, browser, ledger, seed=0):
        self.name = name
        self.browser = browser
        self.client = Client(name, browser, ledger.history)
        self.writes = 0  # changes of the session that the site has acknowledged
        self._ledger = ledger
        self._random = random.Random(f"{name}/{seed}")
        self._cart = None  # None: not logged in
        self._unsure = None  # an item whose page failed: it may be in the cart or not

    @property
    def logged_in(self):
        return self._cart is not None

    def step(self):
        """Visits one page, as the mood takes it."""
        mood = self._random.random()
        if self._cart and sum(self._cart.values()) >= _FULL_CART:
            return self.log_out()
        return self.add() if mood < 0.35 else self.look()

    def log_in(self, host=None):
        page = self.client.fetch("login.php", host, user=self.name)
        if not page.error:
            self._cart, self._unsure = {}, None
            self.writes += 1
        return self._judge(page)

    def look(self, host=None):
        if self._cart is None:
            return self.log_in(host)
        return self._judge(self.client.fetch("cart.php", host))

    def add(self, host=None):
        """Puts something into the cart; whoever is not logged in has to do that first."""
        if self._cart is None:
            return self.log_in(host)
        item = self._random.choice(ITEMS)
        page = self.client.fetch("add.php", host, item=item)
        if page.error:
            self._unsure = item
        else:
            self._cart[item] = self._cart.get(item, 0) + 1
            self.writes += 1
        return self._judge(page)

    def log_out(self, host=None):
        """Leaves, and looks whether the door is shut: the old cookies must be worth nothing."""
        old_cookies = dict(self.browser.cookies)
        visit = self._record(self.client.fetch("logout.php", host))
        if visit.error:
            return visit
        new_cookies, self.browser.cookies = self.browser.cookies, old_cookies
        page = self.client.fetch("cart.php")
        self.browser.cookies = new_cookies
        self._cart = None
        if page.data and page.data.get("user") is not None:
            return self._record(page, error="still logged in after the log-out")
        return self._record(page)

    def _judge(self, page):
        if page.error or self._cart is None:
            return self._record(page)
        if page.data["user"] != self.name:
            self._cart = None
            return self._record(page, logged_out=True)
        seen = page.data["cart"]
        expected = dict(self._cart)
        if self._unsure and seen.get(self._unsure, 0) == expected.get(self._unsure, 0) + 1:
            expected = dict(seen)
        self._unsure = None
        self._cart = dict(seen)
        return self._record(page, expected_cart=expected, observed_cart=seen)

    def _record(self, page, error="", **verdict):
        visit = Visit(at=time.monotonic(), visitor=self.name, page=page.name, host=page.host,
                      status=page.status, seconds=page.seconds, error=error or page.error,
                      **verdict)
        self._ledger.add(visit)
        return visit


class Crowd:
    """Visitors in threads, each with a pause between its pages. A context manager."""

    def __init__(self, lab, size, pause_s=0.2):
        self.ledger = Ledger()
        self.visitors = [Visitor(f"visitor{n}", lab.browser(), self.ledger)
                         for n in range(1, size + 1)]
        self._pause_s = pause_s
        self._leaving = threading.Event()
        self._threads = [threading.Thread(target=self._live, args=(visitor,), daemon=True)
                         for visitor in self.visitors]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._leaving.set()
        for thread in self._threads:
            thread.join()

    def final_looks(self, hosts):
        """When all have left: how their sessions are on each host."""
        for visitor in self.visitors:
            if visitor.logged_in:
                for host in hosts:
                    visitor.client.final_look(host.name)

    def all_have_changed_something(self):
        """A condition for wait_until: every visitor's session was written since this call."""
        before = [visitor.writes for visitor in self.visitors]
        return lambda: all(visitor.writes > count
                           for visitor, count in zip(self.visitors, before))

    def all_have_visited(self, host=None):
        """A condition for wait_until: every visitor has had a page (of that host) since this
        call."""
        start = len(self.ledger)
        everybody = {visitor.name for visitor in self.visitors}

        def condition():
            return everybody <= {visit.visitor for visit in self.ledger.since(start)
                                 if not visit.error and host in (None, visit.host)}
        return condition

    def _live(self, visitor):
        dice = random.Random(visitor.name)
        while not self._leaving.wait(self._pause_s * (0.5 + dice.random())):
            visitor.step()
