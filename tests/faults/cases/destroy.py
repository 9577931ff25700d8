# SPDX-License-Identifier: BSD-3-Clause
"""A session that is destroyed stays destroyed."""

import time

from lab import (Hung, Killed, Ledger, OneWayCut, Partition, RepliesLost, Visitor, WarmRestart,
                 lift, strike, wait_until)

from .bench import case

_KNOWN_WITHIN_S = 10.0


def _log_outs_with(bench, make_fault, known_to_all_within_s=0.0, **options):
    """Ten visitors of each host log out while the second store is away; then it returns. A host
    that was cut off, and has old copies of its own, learns of it from the other one."""
    with bench.lab(**options) as lab:
        ledger = Ledger()
        visitors = [(Visitor(f"{host.name}-{n}", lab.browser(), ledger), host)
                    for host in lab.hosts for n in range(10)]
        for visitor, host in visitors:
            visitor.log_in(host.name)
            visitor.add(host.name)
        fault = make_fault(lab)
        strike(fault)
        old_cookies = [dict(visitor.browser.cookies) for visitor, _ in visitors]
        for visitor, host in visitors:
            page = visitor.client.fetch("logout.php", host.name)
            bench.check(not page.error, page.error)
        lift(fault)
        for host in lab.hosts:
            _wait_until_asked_again(lab, host, lab.stores[1])
        start = time.monotonic()
        tries = [(cookies, host) for cookies in old_cookies for host in lab.hosts]
        risen = [attempt for attempt in tries if _gets_in(bench, lab, *attempt)]
        bench.figure(f"{len(risen)} of {len(tries)} tries with old cookies got in at once")
        while risen and time.monotonic() - start < known_to_all_within_s:
            risen = [attempt for attempt in risen if _gets_in(bench, lab, *attempt)]
        bench.figure(f"{len(risen)} after {time.monotonic() - start:.1f} s")
        bench.check(not risen, f"{len(risen)} of {len(tries)} sessions are back")


def _gets_in(bench, lab, cookies, host):
    thief = lab.browser()
    thief.cookies = dict(cookies)
    page = thief.get("cart.php", host.name)
    bench.check(not page.error, page.error)
    return page.data["user"] is not None


def _wait_until_asked_again(lab, host, store):
    """While a host still takes the store for dead, it cannot be misled by it."""
    def a_copy_arrives():
        before = store.writes()
        lab.browser().post("login.php", host.name, user="eve")
        return store.writes() > before
    wait_until(a_copy_arrives, f"{host.name} uses {store.name} again", 10)


@case(short=True)
def a_session_destroyed_while_a_store_was_dead_stays_destroyed(bench):
    """Log-outs while a store is dead; it returns empty."""
    _log_outs_with(bench, lambda lab: Killed(lab.stores[1]))


@case(short=True)
def a_session_destroyed_while_a_store_hung_stays_destroyed(bench):
    """Log-outs while a store hangs; it returns with the old copies."""
    _log_outs_with(bench, lambda lab: Hung(lab.stores[1]))


@case()
def a_session_destroyed_during_a_warm_restart_stays_destroyed(bench):
    """Log-outs while a store restarts; it returns with the old copies."""
    _log_outs_with(bench, lambda lab: WarmRestart(lab.stores[1]), warm=True)


@case(wires=True)
def a_session_destroyed_behind_a_partition_stays_destroyed(bench):
    """Log-outs on both sides; then each host has the old copies of the other's visitors."""
    _log_outs_with(bench, lambda lab: Partition(lab.network, 1, 2), _KNOWN_WITHIN_S)


@case(wires=True)
def a_session_destroyed_over_a_wire_of_one_direction_stays_destroyed(bench):
    """Log-outs while packets from web1 to web2 vanish."""
    _log_outs_with(bench, lambda lab: OneWayCut(lab.network, 1, 2), _KNOWN_WITHIN_S)


@case(wires=True)
def a_session_destroyed_while_replies_were_lost_stays_destroyed(bench):
    """Log-outs while a store does what the other host asks, and cannot say so."""
    _log_outs_with(bench, lambda lab: RepliesLost(lab.network, lab.stores[1]),
                   _KNOWN_WITHIN_S)
