# SPDX-License-Identifier: BSD-3-Clause
"""Rows of the comparison: requests at one time, killed workers, large sessions, strange ids."""

import os
import signal
import threading
import time

from lab import Client, History, Killed, suffering, tabs, wait_until

from .bench import all_at_once
from .row import row, visitors

_KILOBYTES = 1500  # memcached takes items of up to 1 MB, unless told otherwise


def _errors(pages):
    return sum(bool(page.error) for page in pages)


@row("40 increments at once: lost / refused / slowest page")
def no_increment_of_forty_is_lost(bench):
    """40 pages add one to a number at the same time: none is lost or refused, or takes a second."""
    with bench.lab() as lab:
        first, opened = tabs(lab, 40, History())
        pages = all_at_once([lambda tab=tab: tab.fetch("counter.php", work_ms=5)
                             for tab in opened])
        lost = 40 - _errors(pages) - (first.final_look("web1").data or {}).get("count", 0)
        slowest = max(page.seconds for page in pages)
        holds = lost == _errors(pages) == 0 and slowest < 1
        return f"{lost} / {_errors(pages)} / {slowest:.1f} s", holds


@row("20 writes of different keys at once: lost / refused")
def no_key_of_twenty_is_lost(bench):
    """20 pages each add a key of their own at the same time."""
    with bench.lab() as lab:
        first, opened = tabs(lab, 20, History())
        pages = all_at_once([lambda tab=tab: tab.fetch("add.php", work_ms=5) for tab in opened])
        kept = sum((first.final_look("web1").data or {}).get("cart", {}).values())
        lost = 20 - _errors(pages) - kept
        return f"{lost} / {_errors(pages)}", lost == _errors(pages) == 0


@row("a worker is killed in a session: time until the other host serves it / pages refused")
def the_session_of_a_killed_worker_is_free_soon(bench):
    """kill -9 of the worker that has the session: the other host serves it within a second."""
    with bench.lab() as lab:
        first, (holder,) = tabs(lab, 1, History())
        stranger = Client("eve", lab.browser(), History())
        stranger.fetch("login.php")
        thread = threading.Thread(
            target=lambda: holder.fetch("hold.php", "web1", note="held", seconds=20))
        thread.start()
        note = lab.notes() / "held"
        wait_until(note.exists, "a page that holds the session", 10)
        os.kill(int(note.read_text()), signal.SIGKILL)
        thread.join()
        start = time.monotonic()
        refused = _pages_until_served(first, stranger)
        seconds = time.monotonic() - start
        return f"{seconds:.1f} s / {refused}", refused == 0 and seconds <= 1


def _pages_until_served(client, stranger):
    """How many pages of web2 were refused before one was served, while web1 serves others."""
    pages = []
    thread = threading.Thread(target=lambda: _until_served(client, pages))
    thread.start()
    while thread.is_alive():
        stranger.fetch("cart.php", "web1")
        thread.join(0.05)
    return len(pages) - 1


def _until_served(client, pages):
    def served():
        pages.append(client.fetch("cart.php", "web2"))
        return not pages[-1].error
    wait_until(served, "the session is served", 90)


@row("a session over the item limit of the store")
def a_session_over_the_item_limit_is_stored_or_leaves_the_old_one_alone(bench):
    """1.5 MB that cannot be compressed: stored, or refused while the old data stay."""
    with bench.lab() as lab:
        (visitor,), _ = visitors(lab, 1)
        answer = visitor.browser.post("fat.php", kilobytes=_KILOBYTES)
        after = visitor.browser.get("fat.php").data or {}
        if after.get("fat") == 1024 * _KILOBYTES and after.get("user") == visitor.name:
            return "stored", not answer.error
        refused = "refused" if answer.error else "refused without a word"
        kept = after.get("user") == visitor.name
        return f"{refused}, old data {'kept' if kept else 'gone'}", kept and bool(answer.error)


@row("strict mode: unknown ids accepted / known ids replaced while a store is dead")
def strict_mode_refuses_unknown_ids_and_keeps_known_ones(bench):
    """Five made-up ids; then ten sessions, each asked for on one of the hosts with a store dead."""
    with bench.lab() as lab:
        arrived, _ = visitors(lab, 10)
        accepted = 0
        for number in range(5):
            browser = lab.browser()
            browser.cookies["PHPSESSID"] = planted = f"{number}" * 32
            browser.post("add.php")
            accepted += browser.cookies.get("PHPSESSID") == planted
        replaced = 0
        with suffering(Killed(lab.stores[1])):
            for number, visitor in enumerate(arrived):
                before = visitor.browser.cookies["PHPSESSID"]
                visitor.browser.get("cart.php", lab.hosts[number % 2].name)
                replaced += visitor.browser.cookies.get("PHPSESSID") != before
        return f"{accepted} of 5 / {replaced} of 10", accepted == replaced == 0
