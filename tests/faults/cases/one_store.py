# SPDX-License-Identifier: BSD-3-Clause
"""One of two stores fails, in every way that there is, and returns."""

import math
import secrets
import statistics
import threading
import time
from functools import partial

from lab import BlackHole, Crowd, Hung, Killed, Ledger, Partition, Visitor, lift, strike, wait_until

from .bench import all_at_once, case

_OUTAGE_S = 6.0
_PROBE_PERIOD_S = 2.0  # the longest pause between two probes of a store that is down
_SLOW_S = 0.15  # no healthy page takes as long; one that waits for io_timeout_ms takes longer
_BACK_WITHIN_S = 5.0
_TIMEOUT_S = 0.2  # sessmirror.io_timeout_ms


class _Streams:
    """One page after another on each host, so that a slow page has paid for itself alone.
    Every visitor stays on one host: a fault between the hosts looks different from each."""

    def __init__(self, lab, visitors_per_host=5):
        self.ledger = Ledger()
        self._stop = threading.Event()
        self.threads = []
        for host in lab.hosts:
            visitors = [Visitor(f"{host.name}-{n}", lab.browser(), self.ledger)
                        for n in range(visitors_per_host)]
            for visitor in visitors:
                visitor.log_in(host.name)
            self.threads.append(
                threading.Thread(target=self._run, args=(host.name, visitors), daemon=True))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self.threads:
            thread.join()

    def _run(self, host, visitors):
        while not self._stop.is_set():
            for visitor in visitors:
                visitor.add(host)
                visitor.look(host)
                if self._stop.wait(0.02):
                    break


def _outage(bench, lab, fault):
    """Traffic before, during and after; the promises about pages hold throughout."""
    with _Streams(lab) as streams:
        _more_pages(streams.ledger, 40)
        start, first = time.monotonic(), len(streams.ledger)
        strike(fault)
        wait_until(lambda: time.monotonic() - start > _OUTAGE_S, "the outage", _OUTAGE_S + 5)
        visits = streams.ledger.since(first)
        elapsed = time.monotonic() - start
        lift(fault)
        back = _seconds_until_mirrored(lab)
    _judge(bench, lab, visits, elapsed)
    bench.figure(f"back in use {back:.1f} s after its return")
    bench.judge(streams.ledger.history)
    bench.check(back <= _BACK_WITHIN_S, f"it took {back:.1f} s to be used again")


def _more_pages(ledger, count):
    goal = len(ledger) + count
    wait_until(lambda: len(ledger) >= goal, f"{count} pages", 30)


def _seconds_until_mirrored(lab):
    """Until both hosts' writes arrive at the second store again: it takes in what the first
    does."""
    def both_take_writes():
        before = [store.writes() for store in lab.stores]
        wait_until(lambda: lab.stores[0].writes() - before[0] >= 20, "20 writes", 20)
        first, second = (store.writes() - b for store, b in zip(lab.stores, before))
        return second > 0.6 * first
    return wait_until(both_take_writes, "the store is used again", 20)[1]


def _judge(bench, lab, visits, elapsed):
    bench.check(len(visits) > 20, f"only {len(visits)} pages in {elapsed:.1f} s")
    slowest = max(visit.seconds for visit in visits)
    allowed = 1 + math.ceil(elapsed / _PROBE_PERIOD_S)
    slow = {host.name: sum(1 for visit in visits
                           if visit.page.startswith(f"/{host.name}/") and visit.seconds > _SLOW_S)
            for host in lab.hosts}
    bench.figure(f"{len(visits)} pages in {elapsed:.1f} s, slowest {slowest:.2f} s, over "
                 f"{_SLOW_S} s: " + ", ".join(f"{n} on {host}" for host, n in slow.items()))
    bench.check(slowest <= bench.DEADLINE_S + bench.MARGIN_S, f"a page took {slowest:.2f} s")
    for host, count in slow.items():
        bench.check(count <= allowed, f"{count} slow pages on {host}, allowed {allowed}")


@case(short=True)
def a_killed_store_costs_nobody_a_page(bench):
    """A store is killed and restarted empty: no error, few slow pages, soon in use again."""
    with bench.lab() as lab:
        _outage(bench, lab, Killed(lab.stores[1]))


@case(short=True)
def a_hung_store_costs_each_host_one_page_per_probe_period(bench):
    """A store is stopped and continued: no error, few slow pages, soon in use again."""
    with bench.lab() as lab:
        _outage(bench, lab, Hung(lab.stores[1]))


@case(wires=True)
def a_black_holed_store_costs_each_host_one_page_per_probe_period(bench):
    """Packets to and from a store vanish: no error, few slow pages, soon in use again."""
    with bench.lab() as lab:
        _outage(bench, lab, BlackHole(lab.network, lab.stores[1]))


@case(wires=True)
def two_stores_out_of_reach_cost_one_timeout(bench):
    """A black hole before one store and a cut to another: the pages that find out wait once."""
    with bench.lab(hosts=3, workers=12) as lab:
        browsers = [lab.browser() for _ in range(12)]
        for number, browser in enumerate(browsers):
            browser.post("login.php", "web1", user=f"visitor {number}")
        strike(BlackHole(lab.network, lab.stores[1]))
        strike(Partition(lab.network, 1, 3))
        pages = all_at_once([partial(browser.get, "cart.php", "web1") for browser in browsers])
        slow = sorted(page.seconds for page in pages if page.seconds > _SLOW_S)
        bench.figure(f"{len(slow)} of {len(pages)} pages over {_SLOW_S} s, the slowest "
                     f"{slow[-1]:.2f} s")
        bench.check(not any(page.error for page in pages), "a page failed")
        bench.check(slow[-1] <= _TIMEOUT_S + _SLOW_S, f"a page took {slow[-1]:.2f} s")


@case(wires=True)
def a_partition_stops_neither_side(bench):
    """Nothing passes between the hosts: both go on serving their visitors."""
    with bench.lab() as lab:
        _outage(bench, lab, Partition(lab.network, 1, 2))


@case(short=True)
def ids_that_nobody_knows_cost_no_more_pages_than_known_ones(bench):
    """A store hangs, and a robot sends cookies that it makes up."""
    with bench.lab() as lab:
        strike(Hung(lab.stores[1]))
        start = time.monotonic()
        pages = [_page_of_a_robot(lab) for _ in range(18)]
        slow = [page for page in pages if page.seconds > _SLOW_S]
        allowed = 1 + math.ceil((time.monotonic() - start) / _PROBE_PERIOD_S)
        bench.figure(f"{len(slow)} of {len(pages)} pages over {_SLOW_S} s, the median "
                     f"{1000 * statistics.median(page.seconds for page in pages):.0f} ms")
        bench.check(not any(page.error for page in pages), "a page failed")
        bench.check(len(slow) <= allowed, f"{len(slow)} slow pages, allowed {allowed}")


def _page_of_a_robot(lab):
    robot = lab.browser()
    robot.cookies["PHPSESSID"] = secrets.token_hex(16)
    return robot.get("cart.php", "web1")


@case(short=True)
def nobody_is_logged_out_when_stores_die_in_turn(bench):
    """A store restarted empty is refilled by its visitors' pages; then the other one may die."""
    with bench.lab() as lab, Crowd(lab, 20) as crowd:
        wait_until(crowd.all_have_changed_something(), "everybody has a session", 20)
        lab.stores[0].kill()
        wait_until(crowd.all_have_visited(), "a page for everybody", 20)
        lab.stores[0].start()
        wait_until(crowd.all_have_changed_something(), "a change by everybody", 30)
        lab.stores[1].kill()
        wait_until(crowd.all_have_visited("web1"), "a page of web1 for everybody", 30)
        wait_until(crowd.all_have_visited("web2"), "a page of web2 for everybody", 30)
        total = crowd.ledger.summary()
        bench.figure(f"{total['pages']} pages of 20 visitors, logged out {total['logged out']}, "
                     f"errors {total['errors']}, wrong carts {total['wrong carts']}, "
                     f"slowest {total['slowest']:.2f} s")
        bench.no_errors(crowd.ledger.since())
