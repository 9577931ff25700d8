# SPDX-License-Identifier: BSD-3-Clause
"""The visitors of a site one of whose stores is hostile (hostile.py)."""

import itertools

from lab import Client, History


class Forgetful(Client):
    """Returns the session's cookie and not the token's."""

    def fetch(self, page, host=None, **form):
        for name in [name for name in self.browser.cookies if name.endswith("_V")]:
            del self.browser.cookies[name]
        return super().fetch(page, host, **form)


class Site:
    """The visitors of one row, and all that they have seen."""

    _rows = itertools.count(1)

    def __init__(self, lab):
        self.lab = lab
        self.history = History()
        self.history_without_token = History()
        self.pages = 0
        row = next(self._rows)
        self.visitors = [Client(f"{name}{row}", lab.browser(), self.history)
                         for name in ("ada", "bob", "cyd")]
        self.visitors.append(Forgetful(f"dan{row}", lab.browser(), self.history_without_token))
        self._newcomer = (f"newcomer{row}x{number}" for number in itertools.count(1))

    def arrive(self):
        for visitor in self.visitors:
            visitor.fetch("login.php", user=visitor.name)
            self._shop(visitor)
        # Somebody leaves, so that there is an end of a session that could be told of another.
        guest = Client(next(self._newcomer), self.lab.browser(), self.history)
        guest.fetch("login.php", user=guest.name)
        guest.fetch("logout.php")

    def go_on(self):
        for visitor in self.visitors:
            self._shop(visitor)
            self._shop(visitor)
        for host in self.lab.hosts:
            self._newcomers(host.name)

    def look(self, final=False):
        for visitor in self.visitors:
            for host in self.lab.hosts:
                visitor.fetch("cart.php", host.name, final=final)
                self.pages += 1

    def settled(self):
        """A condition for wait_until. Stores are looked after when somebody visits."""
        self._glance()
        return self.lab.settled()

    def uses_all_stores(self):
        """A condition for wait_until."""
        self._glance()
        return all(store["up"] for host in self.lab.hosts
                   for store in self.lab.status(host.name)["stores"])

    def _glance(self):
        for host in self.lab.hosts:
            self.visitors[0].fetch("cart.php", host.name)

    def _shop(self, visitor):
        for host in self.lab.hosts:
            visitor.fetch("add.php", host.name, item=visitor.name)
            visitor.fetch("cart.php", host.name)
            self.pages += 2

    def _newcomers(self, host):
        """Who has never been here, and returns with an id that nobody knows."""
        newcomer = Client(next(self._newcomer), self.lab.browser(), self.history)
        newcomer.browser.cookies["PHPSESSID"] = newcomer.name * 3
        newcomer.fetch("cart.php", host)
        # Who could not log in has no session that could be told of.
        if not newcomer.fetch("login.php", host, user=newcomer.name).error:
            newcomer.fetch("cart.php", host)
        self.pages += 3

    def forget_locked_out(self):
        """Takes pages that did not get the session's lock out of the histories; how many."""
        count = 0
        for history in (self.history, self.history_without_token):
            kept = [event for event in history.events if "session's lock" not in event.error]
            count += len(history.events) - len(kept)
            history.events = kept
        return count

    def strange(self):
        """The first page that showed its visitor something of another one."""
        for event in self.history.events + self.history_without_token.events:
            for op in event.read:
                if not op.startswith(f"{event.client}."):
                    return f"{event.client} saw {op} on {event.page} of {event.host}"
        return ""
