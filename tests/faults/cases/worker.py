# SPDX-License-Identifier: BSD-3-Clause
"""A php-fpm worker that is killed while it has a session open."""

import os
import signal
import threading
import time

from lab import wait_until

from .bench import case

_LEASE_S = 3
_INI = {"sessmirror.lock_lease_s": _LEASE_S}
# memcached's clock ticks once a second.
_LEASE_BOUND_S = _LEASE_S + 1.5


def _kill_a_worker_that_holds(lab, browser):
    """Opens the session on web1 and kills the worker that has it; returns the time of the start."""
    return _hold_and(lambda: os.kill(int((lab.notes() / "held").read_text()), signal.SIGKILL), lab,
                     browser)


def _hold_and(end_it, lab, browser):
    holder = lab.browser()
    holder.cookies = dict(browser.cookies)
    start = time.monotonic()
    thread = threading.Thread(target=lambda: holder.get("hold.php?note=held&seconds=20", "web1"))
    thread.start()
    note = lab.notes() / "held"
    wait_until(note.exists, "a page that holds the session", 10)
    end_it()
    thread.join()
    return start


def _logged_in(lab):
    browser = lab.browser()
    browser.post("login.php", user="ada")
    browser.post("add.php", item="apple")
    return browser


def _data_is_there(bench, page):
    bench.check(not page.error, page.error)
    bench.check(page.data["user"] == "ada" and page.data["cart"] == {"apple": 1},
                f"the session's data is gone: {page.data}")


@case(short=True)
def a_killed_workers_session_is_free_on_its_host_within_a_second(bench):
    """kill -9 of the worker that has the session: its host serves the session within 1 s."""
    with bench.lab() as lab:
        browser = _logged_in(lab)
        _kill_a_worker_that_holds(lab, browser)
        page = browser.get("cart.php", "web1")
        bench.figure(f"next page of the same host after {page.seconds:.2f} s")
        _data_is_there(bench, page)
        bench.check(page.seconds <= 1.0, f"it took {page.seconds:.2f} s")


@case(short=True)
def a_killed_servers_session_is_free_on_its_host_when_it_runs_again(bench):
    """kill -9 of the whole php-fpm in mid-page: the one started after it serves the session at once."""
    with bench.lab() as lab:
        browser = _logged_in(lab)
        web1 = lab.hosts[0]
        _hold_and(web1.kill, lab, browser)
        web1.start(lab.php_ini)
        page = browser.get("cart.php", "web1")
        bench.figure(f"first page of the new server after {page.seconds:.2f} s")
        _data_is_there(bench, page)
        bench.check(page.seconds <= 1.0, f"it took {page.seconds:.2f} s")


@case(short=True)
def a_killed_workers_session_is_free_elsewhere_at_the_lease(bench):
    """kill -9 of the worker that has the session: another host serves it when the lease ends."""
    with bench.lab(ini=_INI if bench.own else None) as lab:
        browser = _logged_in(lab)
        start = _kill_a_worker_that_holds(lab, browser)
        page = browser.get("cart.php", "web2")
        after = time.monotonic() - start
        bench.figure(f"page of the other host {after:.2f} s after the lock, lease {_LEASE_S} s")
        _data_is_there(bench, page)
        bench.check(after <= _LEASE_BOUND_S, f"it took {after:.2f} s")


@case()
def a_killed_workers_session_is_free_elsewhere_once_its_host_serves_a_page(bench):
    """kill -9 of the worker that has the session: any page of its host frees it for the others."""
    with bench.lab() as lab:
        browser, stranger = _logged_in(lab), _logged_in(lab)
        _kill_a_worker_that_holds(lab, browser)
        waiting = []
        thread = threading.Thread(target=lambda: waiting.append(browser.get("cart.php", "web2")))
        start = time.monotonic()
        thread.start()
        while thread.is_alive() and time.monotonic() - start < 1:
            stranger.get("cart.php", "web1")
            thread.join(0.05)
        thread.join()
        bench.figure(f"page of the other host after {waiting[0].seconds:.2f} s")
        _data_is_there(bench, waiting[0])
        bench.check(waiting[0].seconds <= 1.0, f"it took {waiting[0].seconds:.2f} s")
