# SPDX-License-Identifier: BSD-3-Clause
"""The faults themselves: each is really there when it is said to be, and gone afterwards."""

from lab import (BlackHole, Full, Hung, Killed, LongWire, NoConnections, OneWayCut, PacketLoss,
                 Partition, RepliesLost, SlowStore, WarmRestart, WrongClock, suffering)

from .bench import case


@case(short=True, wires=True)
def every_fault_of_the_wires_is_seen_by_its_probe(bench):
    """Each fault comes into force within seconds, and is gone as soon as it is lifted."""
    with bench.lab() as lab:
        network, store = lab.network, lab.stores[1]
        faults = [OneWayCut(network, 1, 2), OneWayCut(network, 2, 1), Partition(network, 1, 2),
                  BlackHole(network, store), RepliesLost(network, store),
                  LongWire(lab.run, network, 20), PacketLoss(lab.run, network, 0.2),
                  SlowStore(lab.run, network, store, 30)]
        for fault in faults:
            bench.check(not fault.in_force(), f"{fault.name} is there before it began")
            with suffering(fault):
                bench.figure(f"{fault.name}: seen")


@case()
def every_fault_of_a_store_is_seen_by_its_probe(bench):
    """Each fault comes into force within seconds, and is gone as soon as it is lifted."""
    with bench.lab(warm=True, clocks=True, store_options={2: ["-c", "30"]}) as lab:
        store = lab.stores[1]
        for fault in (Killed(store), Hung(store), WarmRestart(store), NoConnections(store),
                      WrongClock(lab, lab.hosts[1], 3600)):
            bench.check(not fault.in_force(), f"{fault.name} is there before it began")
            with suffering(fault):
                bench.figure(f"{fault.name}: seen")
    for options in (["-m", "2"], ["-m", "2", "-M"]):
        with bench.lab(store_options={2: options}) as lab, suffering(Full(lab.stores[1])) as fault:
            bench.figure(f"{fault.name} ({' '.join(options)}): seen")


@case()
def a_store_that_restarts_warm_has_its_old_data(bench):
    """What was in a store before SIGUSR1 is there afterwards."""
    with bench.lab(warm=True) as lab:
        lab.browser().post("login.php", user="ada")
        store = lab.stores[1]
        before = store.items()
        with suffering(WarmRestart(store)):
            pass
        after = store.items()
        bench.figure(f"{before} items before, {after} after")
        bench.check(after >= before > 0, "it came back empty")
