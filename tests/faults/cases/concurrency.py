# SPDX-License-Identifier: BSD-3-Clause
"""Many requests of one session at the same time."""

import threading

from lab import wait_until

from .bench import all_at_once, case

_SLOWEST_S = 1.0


def _tabs(lab, count):
    """The browser of somebody who has just logged in, in `count` tabs."""
    first = lab.browser()
    first.post("login.php", user="ada")
    tabs = [lab.browser() for _ in range(count)]
    for tab in tabs:
        tab.cookies = dict(first.cookies)
    return first, tabs


def _refused(pages):
    return [page.error for page in pages if page.error]


@case(short=True)
def forty_increments_at_once_make_forty(bench):
    """40 concurrent increments over two hosts: none lost, none refused, slowest under a second."""
    with bench.lab() as lab:
        first, tabs = _tabs(lab, 40)
        pages = all_at_once([lambda tab=tab: tab.get("counter.php?work_ms=5") for tab in tabs])
        refused = _refused(pages)
        bench.check(not refused, f"{len(refused)} refused, the first: {refused[:1]}")
        slowest = max(page.seconds for page in pages)
        count = first.get("counter.php").data["n"] - 1
        bench.figure(f"counter {count} of 40, slowest page {slowest:.2f} s")
        bench.check(count == 40, f"{40 - count} increments lost")
        bench.check(slowest < _SLOWEST_S, f"the slowest page took {slowest:.2f} s")


@case(short=True)
def twenty_writers_of_different_keys_are_all_kept(bench):
    """20 concurrent writers, each of a key of its own: all keys are there afterwards."""
    with bench.lab() as lab:
        first, tabs = _tabs(lab, 20)
        pages = all_at_once([lambda tab=tab, key=key: tab.get(f"put.php?key=k{key}&work_ms=5")
                             for key, tab in enumerate(tabs)])
        refused = _refused(pages)
        bench.check(not refused, f"{len(refused)} refused, the first: {refused[:1]}")
        kept = set(first.get("put.php").data["keys"])
        slowest = max(page.seconds for page in pages)
        bench.figure(f"{len(kept)} of 20 keys kept, slowest page {slowest:.2f} s")
        bench.check(len(kept) == 20, f"{20 - len(kept)} writes lost")


@case()
def increments_survive_a_store_that_is_killed_meanwhile(bench):
    """80 increments, 8 at a time, a store killed in the middle: none lost, no error."""
    _increments_with(bench, lambda store: store.kill())


@case()
def increments_survive_a_store_that_hangs_meanwhile(bench):
    """80 increments, 8 at a time, a store stopped in the middle: none lost, no error."""
    _increments_with(bench, lambda store: store.hang())


def _increments_with(bench, fault):
    with bench.lab() as lab:
        for store in lab.stores:  # each in turn, since one of them is the session's home
            first, tabs = _tabs(lab, 8)
            pages = []

            def clicks(tab, pages=pages):
                for _ in range(10):
                    pages.append(tab.get("counter.php?work_ms=5"))

            def strike(pages=pages, store=store):
                wait_until(lambda: len(pages) >= 20, "20 pages", 30)
                fault(store)

            striker = threading.Thread(target=strike)
            striker.start()
            all_at_once([lambda tab=tab: clicks(tab) for tab in tabs])
            striker.join()
            refused = _refused(pages)
            bench.check(not refused, f"{len(refused)} refused, the first: {refused[:1]}")
            count = first.get("counter.php").data["n"] - 1
            slowest = max(page.seconds for page in pages)
            bench.figure(f"{store.name}: counter {count} of 80, slowest page {slowest:.2f} s")
            bench.check(count == 80, f"{80 - count} increments lost")
            _bring_back(lab, store)


def _bring_back(lab, store):
    if store.running:
        store.resume()
    else:
        store.start()
    other = next(other for other in lab.stores if other is not store)
    before = store.writes()
    visitor = lab.browser()

    def mirrored_again():
        for host in lab.hosts:
            visitor.post("login.php", host.name, user="eve")
        return store.writes() > before + 3 and other.writes()
    wait_until(mirrored_again, f"{store.name} is mirrored to again", 15)
