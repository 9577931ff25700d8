# SPDX-License-Identifier: BSD-3-Clause
"""A browser whose pages are recorded."""

import itertools

from .history import FAILED, OK, UNKNOWN, Event

_PAGES = {"login.php": "write", "add.php": "write", "counter.php": "write", "logout.php": "destroy"}


class Client:
    """One cookie jar, one history. Makes up the name of every change that it asks for."""

    def __init__(self, name, browser, history, session=None):
        self.name = name
        self.browser = browser
        self.session = session or name  # what the history calls the session
        self._history = history
        self._logins = itertools.count(1)
        self._ops = itertools.count(1)
        # Of the session before, which another handler's log-in has left in the jar: no token of the
        # session that began there.
        self._left_over = None

    def fetch(self, page, host=None, final=False, work_ms=0, **form):
        kind = _PAGES.get(page, "read")
        if page == "login.php":
            self.session = f"{self.name}/{next(self._logins)}"
        op = f"{self.name}.{next(self._ops)}" if kind == "write" else None
        if op:
            form["op"] = op
        if work_ms:
            form["work_ms"] = work_ms
        token = self._token()
        answer = self.browser.fetch(page, host, form)
        if page == "login.php" and self.browser.token == token:
            self._left_over = token
        self._record(answer, page, kind=kind, op=op, token_in=token, final=final,
                     work_s=work_ms / 1000)
        return answer

    def final_look(self, host):
        """How the session is when everything is over."""
        return self.fetch("cart.php", host, final=True)

    def _token(self):
        token = self.browser.token
        return None if token == self._left_over else token

    def _record(self, answer, page, kind, **facts):
        seen = answer.data or {}
        counts = page == "counter.php"
        if page == "login.php":  # it leaves one session and begins another
            facts["token_in"], seen = None, {"host": seen.get("host")}
        self._history.add(Event(
            client=self.name, session=self.session, page=page, kind=kind,
            sent=answer.sent, received=answer.sent + answer.seconds, status=_status(answer),
            host=answer.host, error=answer.error, found=seen.get("found"),
            read=tuple(seen.get("read", ())), count=seen.get("count") if counts else None,
            token_out=self._token(), opened=seen.get("opened"), closed=seen.get("closed"),
            known_stale=tuple(seen.get("known_stale") or ()) or None, **facts))


def _status(answer):
    if not answer.error:
        return OK
    return FAILED if answer.data and answer.data.get("shut") else UNKNOWN


def tabs(lab, count, history):
    """The browser of somebody who has just logged in, in `count` tabs. Each has a jar of its own,
    as if it had been opened then: it sees the others' changes, and does not know their tokens."""
    first = Client("ada", lab.browser(), history)
    first.fetch("login.php", user="ada")
    opened = []
    for number in range(count):
        browser = lab.browser()
        browser.cookies = dict(first.browser.cookies)
        opened.append(Client(f"tab{number}", browser, history, first.session))
    return first, opened
