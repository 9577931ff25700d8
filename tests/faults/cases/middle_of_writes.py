# SPDX-License-Identifier: BSD-3-Clause
"""Each fault in the middle of concurrent writes to one session: several tabs over both hosts. With
locks they all add one to the same number; without, each adds keys of its own.

When the home changes, or hosts cannot see each other's stores, two pages may have the lock at two
homes, and without locks there are two newest versions. Compare-and-set finds it when they meet: the
changes of both are kept, or one side is counted as lost. Until then a tab may see the other side.
The lock of a page that could not give it back ends with its lease."""

import threading

from lab import (BlackHole, Finding, Full, History, Hung, Killed, Limits, NoConnections, OneWayCut,
                 PacketLoss, Partition, RepliesLost, SlowStore, WarmRestart, WrongClock, lift,
                 strike, tabs, wait_until)

from .bench import NO_LOCK, case

_PAGES = 25  # before the fault, while it is there, and after it
_PATIENCE_S = 40
_LEASE_S = 4
_ANY = float("inf")
_OTHER_SIDE = (Finding.STALE_READ, Finding.WENT_BACK)


def _click(tab, page, leaving):
    while not leaving.is_set():
        tab.fetch(page, work_ms=5)


def _click_around(opened, page, history, fault):
    """Tabs click until the fault has come and gone, with pages enough in each part."""
    leaving = threading.Event()
    threads = [threading.Thread(target=_click, args=(tab, page, leaving)) for tab in opened]

    def more_pages():
        goal = len(history) + _PAGES
        wait_until(lambda: len(history) >= goal, "pages", _PATIENCE_S)
    for thread in threads:
        thread.start()
    try:
        more_pages()
        strike(fault)
        more_pages()
        lift(fault)
        more_pages()
    finally:
        leaving.set()
        for thread in threads:
            thread.join()


def _end(lab, first, opened):
    """When all is well again every tab makes a last change, which meets what the others have left
    behind; then the session is looked at on each host."""
    wait_until(lab.settled, "all stores are complete", _PATIENCE_S)
    for tab in opened:
        for host in lab.hosts:
            tab.fetch("add.php", host.name)
    first.browser.cookies = dict(opened[-1].browser.cookies)
    return [first.final_look(host.name) for host in lab.hosts]


def _write_through(bench, make_fault, page, ini, count, two_sides, **options):
    for index in range(2):  # one of them is the session's home
        with bench.lab(ini=ini if bench.own else {}, **options) as lab:
            history = History()
            first, opened = tabs(lab, count, history)
            _click_around(opened, page, history, make_fault(lab, lab.stores[index]))
            settled = len(history)
            final = _end(lab, first, opened)[-1]
            _judge(bench, lab, history, final, two_sides)
            bench.judge(history.since(settled), NO_LOCK, slower_by_s=_LEASE_S)


def _judge(bench, lab, history, final, two_sides):
    """Changes may be lost only if that is counted: as a conflict that was not merged, which covers
    all that its side had changed, or as a collision, which covers one. Where the fault makes two
    sides, a tab that goes to both may miss what it did on the other."""
    counters = lab.counters()
    lost_sides = counters.get("conflicts", 0) - counters.get("merges", 0)
    collisions = counters.get("collisions", 0)
    counted = [event for event in history.events if event.page == "counter.php"]
    done = sum(event.status == "ok" for event in counted)
    lost = max(0, done - final.data["count"]) if counted else 0
    bench.figure(f"{lost} of {done} increments lost, " * bool(counted)
                 + f"reported: {lost_sides} sides lost, {collisions} collisions")
    bench.judge(history, (*NO_LOCK, *(_OTHER_SIDE if two_sides else ()), Finding.LOST_UPDATE),
                _ANY if lost_sides else collisions, slower_by_s=_LEASE_S)
    bench.check(lost_sides or lost <= collisions, f"{lost} increments lost, {collisions} reported")


def _register(name, make_fault, count=8, wires=False, two_sides=False, **options):
    def locked(bench):
        _write_through(bench, make_fault, "counter.php",
                       {"sessmirror.lock_lease_s": _LEASE_S}, count, two_sides, **options)

    def optimistic(bench):
        _write_through(bench, make_fault, "add.php", {"sessmirror.locking": "optimistic"},
                       count, two_sides, **options)
    title = name.replace("_", " ")
    locked.__name__ = f"no_increment_is_lost_in_silence_with_{name}"
    locked.__doc__ = f"Locked: {count} tabs count on one number, with {title} meanwhile."
    optimistic.__name__ = f"no_key_is_lost_in_silence_with_{name}"
    optimistic.__doc__ = f"Optimistic: {count} tabs add keys, with {title} meanwhile."
    for body in (locked, optimistic):
        case(wires=wires)(body)


_register("a_killed_store", lambda lab, store: Killed(store))
_register("a_hung_store", lambda lab, store: Hung(store))
_register("a_warm_restart", lambda lab, store: WarmRestart(store), warm=True)
_register("a_store_that_evicts", lambda lab, store: Full(store),
          limits={number: Limits(megabytes=2) for number in (1, 2)})
# What the home has no room for is decided by another store, what it takes by itself.
_register("a_store_without_room", lambda lab, store: Full(store), two_sides=True,
          limits={number: Limits(megabytes=2, evicts=False) for number in (1, 2)})
_register("a_store_without_connections", lambda lab, store: NoConnections(store),
          limits={number: Limits(connections=60) for number in (1, 2)})
_register("a_clock_an_hour_fast",
          lambda lab, store: WrongClock(lab, lab.hosts[store.number - 1], 3600), clocks=True)
_register("a_black_hole", lambda lab, store: BlackHole(lab.network, store), wires=True,
          two_sides=True)
_register("replies_lost", lambda lab, store: RepliesLost(lab.network, store), wires=True,
          two_sides=True)
_register("a_partition", lambda lab, store: Partition(lab.network, 1, 2), wires=True,
          two_sides=True)
_register("a_wire_of_one_direction",
          lambda lab, store: OneWayCut(lab.network, store.number, store.neighbour), wires=True,
          two_sides=True)
_register("packets_lost", lambda lab, store: PacketLoss(lab.run, lab.network, 0.05), wires=True,
          two_sides=True)
_register("a_store_30_ms_slow",
          lambda lab, store: SlowStore(lab.run, lab.network, store, 30), count=4, wires=True)
_register("a_store_300_ms_slow",
          lambda lab, store: SlowStore(lab.run, lab.network, store, 300), wires=True)
