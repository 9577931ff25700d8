# SPDX-License-Identifier: BSD-3-Clause
"""A crowd of visitors with cookies, round robin over both hosts, and one fault in the middle. Every
page is recorded, and the checker finds nothing: no page failed or took too long, nobody was logged
out, nothing was stale, went back, was lost or came back."""

from lab import (BlackHole, Crowd, Finding, Full, Hung, Killed, Limits, NoConnections, OneWayCut,
                 PacketLoss, Partition, RepliesLost, SlowStore, WarmRestart, WrongClock, check, lift,
                 strike, wait_until)

from .bench import case

_VISITORS = 10
_PATIENCE_S = 40
_LEASE_S = 4


def _everybody_changes(crowd):
    wait_until(crowd.all_have_changed_something(), "a change by everybody", _PATIENCE_S)


def _everybody_goes_everywhere(lab, crowd):
    for host in lab.hosts:
        wait_until(crowd.all_have_visited(host.name), f"a page of {host.name} for everybody",
                   _PATIENCE_S)


def _crowd_meets(bench, make_fault, known_stale=False, slower_by_s=0.0, **options):
    """`known_stale`: the fault takes the newest copy out of a host's reach, so reads may be stale
    as long as they say so."""
    report = bench.judge(_history_with(bench, make_fault, **options), slower_by_s=slower_by_s)
    bench.check(known_stale or report.known_stale == 0,
                f"{report.known_stale} reads were stale, and said so")


def _history_with(bench, make_fault, meanwhile=None, **options):
    with bench.lab(**options) as lab:
        fault = make_fault(lab)
        with Crowd(lab, _VISITORS, pause_s=0.1) as crowd:
            _everybody_changes(crowd)
            strike(fault)
            _everybody_changes(crowd)
            _everybody_goes_everywhere(lab, crowd)
            if meanwhile:
                meanwhile(lab, crowd)
            lift(fault)
            _everybody_changes(crowd)
            wait_until(lab.settled, "all stores are complete", _PATIENCE_S)
            _everybody_goes_everywhere(lab, crowd)
        crowd.final_looks(lab.hosts)
        return crowd.ledger.history


@case(short=True, wires=True)
def visitors_cross_a_wire_that_carries_one_direction_only(bench):
    """Packets from web1 to web2 vanish, those from web2 to web1 arrive."""
    _crowd_meets(bench, lambda lab: OneWayCut(lab.network, 1, 2), known_stale=True)


@case(wires=True)
def visitors_cross_a_wire_that_carries_the_other_direction_only(bench):
    """Packets from web2 to web1 vanish, those from web1 to web2 arrive."""
    _crowd_meets(bench, lambda lab: OneWayCut(lab.network, 2, 1), known_stale=True)


@case(wires=True)
def visitors_would_notice_a_partition_if_there_were_no_tokens(bench):
    """The same without locks and with sessmirror.freshness = local: the checker sees old copies."""
    history = _history_with(bench, lambda lab: Partition(lab.network, 1, 2), ini={
        "sessmirror.locking": "off", "sessmirror.freshness": "local"})
    report = check(history)
    bench.figure(str(report))
    bench.check(report.counts[Finding.STALE_READ] > 0, "the checker saw nothing")


@case(wires=True)
def visitors_cross_a_partition(bench):
    """Nothing passes between the hosts; every visitor goes to both, and writes on both."""
    _crowd_meets(bench, lambda lab: Partition(lab.network, 1, 2), known_stale=True)


@case(short=True, wires=True)
def visitors_do_not_notice_that_a_stores_replies_are_lost(bench):
    """The other host's requests reach a store and are carried out; its answers vanish."""
    _crowd_meets(bench, lambda lab: RepliesLost(lab.network, lab.stores[1]), known_stale=True)


@case()
def visitors_do_not_notice_a_killed_store(bench):
    """A store is killed, and restarted empty."""
    _crowd_meets(bench, lambda lab: Killed(lab.stores[1]))


@case()
def visitors_do_not_notice_a_hung_store(bench):
    """A store is stopped, and continued with its old data."""
    _crowd_meets(bench, lambda lab: Hung(lab.stores[1]))


@case(wires=True)
def visitors_do_not_notice_a_black_hole(bench):
    """The other host's packets to a store vanish, and its answers."""
    _crowd_meets(bench, lambda lab: BlackHole(lab.network, lab.stores[1]))


@case(wires=True)
def visitors_do_not_notice_a_loss_of_packets_of_5_percent(bench):
    """Every twentieth packet between the hosts is lost."""
    _crowd_meets(bench, lambda lab: PacketLoss(lab.run, lab.network, 0.05), known_stale=True)


@case(wires=True)
def visitors_get_through_a_loss_of_packets_of_30_percent(bench):
    """Nearly every third packet between the hosts is lost. A lock whose release was lost ends with
    its lease."""
    _crowd_meets(bench, lambda lab: PacketLoss(lab.run, lab.network, 0.3), known_stale=True,
                 ini={"sessmirror.lock_lease_s": _LEASE_S}, slower_by_s=_LEASE_S)


@case(wires=True)
def visitors_do_not_notice_a_store_that_is_30_ms_slow(bench):
    """A store's answers take 30 ms, for both hosts."""
    _crowd_meets(bench, lambda lab: SlowStore(lab.run, lab.network, lab.stores[1], 30))


@case(wires=True)
def visitors_do_not_notice_a_store_that_is_300_ms_slow(bench):
    """A store's answers take 300 ms, for both hosts: longer than io_timeout_ms."""
    _crowd_meets(bench, lambda lab: SlowStore(lab.run, lab.network, lab.stores[1], 300))


@case()
def visitors_do_not_notice_a_store_that_throws_sessions_away(bench):
    """A store's memory is full of other things: it evicts."""
    _crowd_meets(bench, lambda lab: Full(lab.stores[1]), limits={2: Limits(megabytes=2)})


@case()
def visitors_do_not_notice_a_store_that_has_no_room(bench):
    """A store's memory is full of other things, and it may not evict: it refuses."""
    _crowd_meets(bench, lambda lab: Full(lab.stores[1]),
                 limits={2: Limits(megabytes=2, evicts=False)})


@case()
def visitors_do_not_notice_a_store_at_its_limit_of_connections(bench):
    """A store takes no more connections while the workers of a host are replaced."""
    def replace_workers(lab, crowd):
        lab.hosts[0].reload()
        _everybody_goes_everywhere(lab, crowd)
        _everybody_changes(crowd)
    _crowd_meets(bench, lambda lab: NoConnections(lab.stores[1]), meanwhile=replace_workers,
                 limits={2: Limits(connections=60)})


@case()
def visitors_do_not_notice_a_store_with_fewer_connections_than_workers(bench):
    """Some workers of each host never get a connection to a store, others always have one."""
    with bench.lab(workers=16, limits={2: Limits(connections=30)}) as lab:
        with Crowd(lab, _VISITORS, pause_s=0.05) as crowd:
            _everybody_changes(crowd)
            wait_until(NoConnections(lab.stores[1]).in_force, "no connection is left", _PATIENCE_S)
            for _ in range(3):
                _everybody_changes(crowd)
                _everybody_goes_everywhere(lab, crowd)
        crowd.final_looks(lab.hosts)
        bench.judge(crowd.ledger.history)


@case()
def visitors_do_not_notice_a_warm_restart(bench):
    """A store ends, and returns with what it had then: old copies and old locks."""
    _crowd_meets(bench, lambda lab: WarmRestart(lab.stores[1]), warm=True)


@case()
def visitors_do_not_notice_that_a_clock_is_an_hour_fast(bench):
    """The clock of a host and its store jumps an hour ahead, and back later."""
    _crowd_meets(bench, lambda lab: WrongClock(lab, lab.hosts[1], 3600), clocks=True)


@case()
def visitors_do_not_notice_that_a_clock_is_an_hour_slow(bench):
    """The clock of a host and its store jumps an hour back, and ahead later."""
    _crowd_meets(bench, lambda lab: WrongClock(lab, lab.hosts[1], -3600), clocks=True)
