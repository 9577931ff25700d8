# SPDX-License-Identifier: BSD-3-Clause
"""A store that returns empty gets every session again, also those that nobody uses."""

import time

from lab import SITE, Crowd, Ledger, Limits, Overdue, Visitor, wait_until

from .bench import Bench, case

_SESSIONS = 200
_FULL_WITHIN_S = 5.0

_MANY_SESSIONS = 200_000
_MANY_WITHIN_S = 120.0
_VISITORS = 16
_PAUSE_S = 0.1
_CALM_S = 40.0
_NOISE_S = 0.005  # what else a machine does that all hosts share


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
        # Locks and tokens are items as well, so their number alone does not tell.
        wait_until(lambda: _serve(visitors[:4], hosts, 1)
                   or store.items() >= _SESSIONS and lab.settled(), "the store is full again", 20)
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


@case()
def a_store_that_returned_empty_holds_200000_sessions_within_two_minutes(bench):
    """Visitors go on meanwhile, and their pages take no longer than before."""
    with bench.lab(workers=4, limits={n: Limits(megabytes=1024) for n in (1, 2)}) as lab:
        _fill(lab, _MANY_SESSIONS)
        store = lab.stores[1]
        with Crowd(lab, _VISITORS, pause_s=_PAUSE_S) as crowd:
            before = _seconds_of_pages(crowd, lambda: False, _CALM_S)
            store.kill()
            wait_until(crowd.all_have_visited(), "everybody has had a page without it", 10)
            store.start()
            start = time.monotonic()
            during = _seconds_of_pages(crowd, lambda: store.items() >= _MANY_SESSIONS,
                                       _MANY_WITHIN_S)
            took = time.monotonic() - start
            bench.figure(f"{store.items()} items, {_MANY_SESSIONS} sessions, after {took:.1f} s")
        for name, share in ("median", 0.5), ("p99", 0.99):
            bench.figure(f"{name} of pages: {_quantile(before, share) * 1000:.2f} ms in the "
                         f"{len(before)} before, {_quantile(during, share) * 1000:.2f} ms in the "
                         f"{len(during)} meanwhile")
        bench.no_errors(crowd.ledger.since())
        bench.check(_quantile(during, 0.99) <= 1.1 * _quantile(before, 0.99) + _NOISE_S,
                    "pages took longer")
        bench.check(store.items() >= _MANY_SESSIONS, f"it took longer than {took:.1f} s")


def _fill(lab, sessions):
    """Each host makes its share, in a script."""
    share = sessions // len(lab.hosts)
    scripts = [lab.run.spawn(f"fill{host.number}", lab.network.command(host.number, [
        "php", "-n", "-c", str(lab.php_ini), "-d", "session.use_strict_mode=0", "-d",
        "session.use_cookies=0", "-d", "session.cache_limiter=", "-d", "sessmirror.locking=off",
        str(SITE / "fill.php"), str(number * share), str(share)]))
        for number, host in enumerate(lab.hosts)]
    wait_until(lambda: all(script.poll() is not None for script in scripts), "all are there", 300)
    Bench.check(not any(script.returncode for script in scripts), "a session could not be made")


def _seconds_of_pages(crowd, is_enough, limit_s):
    """How long each page takes until it is enough, or the time is over."""
    first = len(crowd.ledger)
    try:
        wait_until(is_enough, "", limit_s)
    except Overdue:
        pass
    return sorted(visit.seconds for visit in crowd.ledger.since(first))


def _quantile(values, share):
    return values[int(share * (len(values) - 1))]
