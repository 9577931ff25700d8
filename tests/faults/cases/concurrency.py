# SPDX-License-Identifier: BSD-3-Clause
"""Many requests of one session at the same time."""

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
def increments_lost_while_a_store_is_killed_are_reported(bench):
    """80 increments, 8 at a time, a store killed in the middle: no error, no silent loss."""
    _increments_with(bench, lambda store: store.kill())


@case()
def increments_lost_while_a_store_hangs_are_reported(bench):
    """80 increments, 8 at a time, a store stopped in the middle: no error, no silent loss."""
    _increments_with(bench, lambda store: store.hang())


@case()
def increments_lost_while_a_store_is_restarted_are_reported(bench):
    """80 increments, 8 at a time, a store killed and restarted: no error, no silent loss."""
    def restart(store):
        store.kill()
        store.start()
    _increments_with(bench, restart)


def _increments_with(bench, fault):
    """With each store in turn, since one of them is the session's home. Until all workers have
    noticed, requests may hold the lock at two homes; then a conflict is found at the write, and
    has to be counted."""
    for index in range(2):
        with bench.lab() as lab:
            first, tabs = _tabs(lab, 8)
            pages = _clicks_around(tabs, lambda store=lab.stores[index]: fault(store))
            refused = _refused(pages)
            locks = {name: count for name, count in lab.counters().items() if "lock" in name}
            bench.check(not refused, f"{len(refused)} refused, {locks}, the first: {refused[:1]}")
            lost = 80 + 1 - first.get("counter.php").data["n"]
            reported = lab.counters().get("conflicts", 0)
            slowest = max(page.seconds for page in pages)
            bench.figure(f"{lab.stores[index].name}: {lost} of 80 lost, {reported} conflicts "
                         f"reported, slowest page {slowest:.2f} s")
            bench.check(lost <= reported, f"{lost} increments lost, {reported} reported")


def _clicks_around(tabs, strike):
    """Ten pages of each tab; the fault strikes after a quarter of all of them."""
    pages = []

    def click(tab):
        for _ in range(10):
            pages.append(tab.get("counter.php?work_ms=5"))

    def wait_and_strike():
        wait_until(lambda: len(pages) >= 20, "20 pages", 30)
        strike()

    all_at_once([wait_and_strike, *(lambda tab=tab: click(tab) for tab in tabs)])
    return pages
