# SPDX-License-Identifier: BSD-3-Clause
"""The faults themselves: each is really there when it is said to be, and gone afterwards."""

from lab import (BlackHole, Forgotten, Full, Hung, Killed, Limits, LongWire, NoConnections,
                 OneWayCut, PacketLoss, Partition, RepliesLost, SlowStore, WarmRestart, WrongClock, suffering)

from .bench import case


@case(short=True, wires=True)
def every_fault_of_the_wires_is_seen_by_its_probe(bench):
    """Each fault comes into force within seconds, and is gone as soon as it is lifted."""
    with bench.lab() as lab:
        network, store = lab.network, lab.stores[1]
        faults = [OneWayCut(network, 1, 2), OneWayCut(network, 2, 1), Partition(network, 1, 2),
                  BlackHole(network, store), RepliesLost(network, store), Forgotten(network, store),
                  LongWire(lab.run, network, 20), PacketLoss(lab.run, network, 0.2),
                  SlowStore(lab.run, network, store, 30)]
        for fault in faults:
            bench.check(not fault.in_force(), f"{fault.name} is there before it began")
            with suffering(fault):
                bench.figure(f"{fault.name}: seen")


@case()
def every_fault_of_a_store_is_seen_by_its_probe(bench):
    """Each fault comes into force within seconds, and is gone as soon as it is lifted."""
    with bench.lab(warm=True, clocks=True, limits={2: Limits(connections=30)}) as lab:
        store = lab.stores[1]
        for fault in (Killed(store), Hung(store), WarmRestart(store), NoConnections(store),
                      WrongClock(lab, lab.hosts[1], 3600)):
            bench.check(not fault.in_force(), f"{fault.name} is there before it began")
            with suffering(fault):
                bench.figure(f"{fault.name}: seen")
    for limits in (Limits(megabytes=2), Limits(megabytes=2, evicts=False)):
        with bench.lab(limits={2: limits}) as lab, suffering(Full(lab.stores[1])) as fault:
            bench.figure(f"{fault.name}, which {'evicts' if limits.evicts else 'refuses'}: seen")


@case()
def a_store_that_restarts_warm_has_its_old_data(bench):
    """What was in a store before it was told to end is there afterwards."""
    with bench.lab(warm=True) as lab:
        lab.browser().post("login.php", user="ada")
        store = lab.stores[1]
        before = store.items()
        with suffering(WarmRestart(store)):
            pass
        after = store.items()
        bench.figure(f"{before} items before, {after} after")
        bench.check(after >= before > 0, "it came back empty")
