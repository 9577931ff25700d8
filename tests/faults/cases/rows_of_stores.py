# SPDX-License-Identifier: BSD-3-Clause
"""Rows of the comparison: stores die, hang, are cut off, come and go."""

import time

from lab import Crowd, Hung, Killed, Partition, join, lift, strike, suffering, wait_until

from .row import lost_and_stale, row, visitors

_REFILL_S = 17  # what every handler is given before the next fault
_HANG_S = 5
_LIFETIME_S = 4


def _use_until_full(lab, store, active, sessions):
    """Pages of the active visitors, until the store holds every session, or the time is over."""
    end = time.monotonic() + _REFILL_S
    while time.monotonic() < end:
        for visitor in active:
            visitor.step()
        if lab.handler.name == "sessmirror" and store.items() >= sessions and lab.settled():
            return


@row("one store killed: pages with an error", short=True)
def no_page_fails_when_a_store_is_killed(bench):
    """Ten visitors make forty pages after a store was killed: none fails."""
    with bench.lab() as lab:
        arrived, ledger = visitors(lab, 10)
        first = len(ledger)
        with suffering(Killed(lab.stores[1])):
            for visitor in arrived * 2:
                visitor.add()
                visitor.look()
        visits = ledger.since(first)
        errors = sum(bool(visit.error) for visit in visits)
        return f"{errors} of {len(visits)}", errors == 0


@row("it returns empty, up to 17 s later the other dies, 8 of 16 sessions in use: lost / stale")
def no_session_is_lost_when_stores_die_one_after_the_other(bench):
    """16 sessions, half of them in use; a store dies, returns empty, and the other one dies."""
    with bench.lab() as lab:
        arrived, ledger = visitors(lab, 16)
        with suffering(Killed(lab.stores[0])):
            for visitor in arrived[:8]:
                visitor.add()
        _use_until_full(lab, lab.stores[0], arrived[:8], 16)
        lab.stores[1].kill()
        first = len(ledger)
        for host in lab.hosts:
            for visitor in arrived:
                visitor.look(host.name)
        lost, stale = lost_and_stale(ledger.since(first))
        return f"{lost} of 16 / {stale}", lost == stale == 0


@row("a store hangs for 5 s: slowest page")
def no_page_waits_for_a_store_that_hangs(bench):
    """Ten visitors go on for five seconds while a store hangs: no page takes too long."""
    with bench.lab() as lab, Crowd(lab, 10, pause_s=0.1) as crowd:
        wait_until(crowd.all_have_changed_something(), "everybody has a session", 30)
        first, start = len(crowd.ledger), time.monotonic()
        strike(Hung(lab.stores[1]))
        wait_until(lambda: time.monotonic() - start > _HANG_S, "the hang", _HANG_S + 5)
        lab.stores[1].resume()
        wait_until(crowd.all_have_visited(), "a page for everybody", 60)
        slowest = max(visit.seconds for visit in crowd.ledger.since(first))
        return f"{slowest:.1f} s", slowest <= bench.DEADLINE_S + bench.MARGIN_S


@row("partition, a write on one side, heal: stale reads on the other / writes refused", wires=True)
def what_was_written_in_a_partition_is_seen_on_the_other_side_when_it_heals(bench):
    """Ten visitors write on web1 in a partition; after it they are on web2."""
    with bench.lab() as lab:
        arrived, ledger = visitors(lab, 10)
        partition = Partition(lab.network, 1, 2)
        strike(partition)
        writes = [visitor.add("web1") for visitor in arrived]
        lift(partition)
        first = len(ledger)
        for visitor in arrived:
            visitor.look("web2")
        _, stale = lost_and_stale(ledger.since(first))
        refused = sum(bool(visit.error) for visit in writes)
        return f"{stale} of 10 / {refused} of 10", stale == refused == 0


@row("rolling restart of both stores, up to 17 s apart, 200 sessions in use: lost / stale reads")
def no_session_is_lost_in_a_rolling_restart(bench):
    """Each of two stores restarts empty; 200 sessions are in use."""
    with bench.lab() as lab:
        arrived, ledger = visitors(lab, 200)
        for store in lab.stores:
            with suffering(Killed(store)):
                pass
            _use_until_full(lab, store, arrived, 200)
        for visitor in arrived:
            visitor.look()
        lost, stale = lost_and_stale(ledger.since())
        return f"{lost} of 200 / {stale}", lost == stale == 0


@row("a third host joins: sessions lost", wires=True)
def no_session_is_lost_when_a_third_host_joins(bench):
    """200 sessions on two hosts; every list gets a third store, which is empty."""
    with bench.lab(spare=1, workers=4) as lab:
        arrived, ledger = visitors(lab, 200)
        join(lab, lab.spare[0])
        for visitor in arrived:
            visitor.look()
        lost, _ = lost_and_stale(ledger.since())
        return f"{lost} of 200", lost == 0


@row("sessions only read for longer than their lifetime: alive on the other host's store")
def a_session_that_is_only_read_stays_alive_on_every_store(bench):
    """Ten sessions are read on web1 for longer than their lifetime; then its store dies."""
    with bench.lab(ini={"session.gc_maxlifetime": _LIFETIME_S}) as lab:
        arrived, _ = visitors(lab, 10)
        start = time.monotonic()
        while time.monotonic() - start < 1.5 * _LIFETIME_S:
            for visitor in arrived:
                visitor.look("web1")
        with suffering(Killed(lab.stores[0])):
            alive = sum(not (visit.logged_out or visit.error)
                        for visit in [visitor.look("web2") for visitor in arrived])
        return f"{alive} of 10", alive == 10
