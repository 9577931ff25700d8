# SPDX-License-Identifier: BSD-3-Clause
"""A store that returns empty gets every session again, also those that nobody uses."""

import time

from lab import Ledger, Visitor, wait_until

from .bench import case

_SESSIONS = 200
_FULL_WITHIN_S = 5.0


@case(short=True)
def a_store_that_returned_empty_is_filled_before_the_other_dies(bench):
    """200 sessions are on a store within 5 s of its empty return, and survive the other store."""
    with bench.lab() as lab:
        ledger = Ledger()
        hosts = [host.name for host in lab.hosts]
        visitors = [Visitor(f"visitor-{n}", lab.browser(), ledger) for n in range(_SESSIONS)]
        for number, visitor in enumerate(visitors):
            visitor.log_in(hosts[number % 2])
            visitor.add(hosts[number % 2])
        store = lab.stores[1]
        store.kill()
        _serve(visitors[:4], hosts, 10)  # somebody finds it gone
        store.start()
        start = time.monotonic()
        wait_until(lambda: _serve(visitors[:4], hosts, 1) or store.items() >= _SESSIONS,
                   "the store is full again", 20)
        took = time.monotonic() - start
        bench.figure(f"{_SESSIONS} sessions back after {took:.1f} s")
        bench.check(took <= _FULL_WITHIN_S, f"it took {took:.1f} s")
        lab.stores[0].kill()
        for number, visitor in enumerate(visitors):
            visitor.look(hosts[number % 2])
        bench.no_errors(ledger.since())


def _serve(visitors, hosts, rounds):
    """Pages of a few visitors: the refill works after the responses."""
    for _ in range(rounds):
        for visitor in visitors:
            for host in hosts:
                visitor.add(host)
