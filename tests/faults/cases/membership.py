# SPDX-License-Identifier: BSD-3-Clause
"""Stores are restarted in turn, hosts join and leave, while visitors go on."""

from lab import Crowd, Visitor, change_list, join, leave, stop, wait_until

from .bench import case

_SESSIONS = 200
_IN_USE = 10
_PATIENCE_S = 60
_LIST_VISITORS = 8


def _idle_visitors(lab, ledger, count):
    """Sessions that nobody uses until somebody looks whether they are still there."""
    visitors = [Visitor(f"idle{n}", lab.browser(), ledger) for n in range(count)]
    for visitor in visitors:
        visitor.log_in()
        visitor.add()
    return visitors


def _filled(lab, store, sessions):
    _, took = wait_until(lambda: store.items() >= sessions and lab.settled(),
                         f"{store.name} holds {sessions} sessions", _PATIENCE_S)
    return took


def _everybody_goes_everywhere(lab, crowd):
    for host in lab.hosts:
        wait_until(crowd.all_have_visited(host.name), f"a page of {host.name} for everybody",
                   _PATIENCE_S)


def _judge(bench, lab, crowd, idle=()):
    """After the crowd has left: everybody is still logged in, on every host."""
    for visitor in idle:
        for host in lab.hosts:
            visitor.client.final_look(host.name)
    crowd.final_looks(lab.hosts)
    report = bench.judge(crowd.ledger.history)
    bench.check(report.known_stale == 0, f"{report.known_stale} reads were stale, and said so")


@case()
def nobody_notices_a_rolling_restart_of_all_stores(bench):
    """200 sessions in use; one store after the other restarts empty, each when the one before is
    full again."""
    with bench.lab() as lab:
        crowd = Crowd(lab, _SESSIONS, pause_s=1.5)
        with crowd:
            wait_until(crowd.all_have_changed_something(), "everybody has a session", _PATIENCE_S)
            for store in lab.stores:
                store.kill()
                wait_until(crowd.all_have_visited(), "a page for everybody", _PATIENCE_S)
                store.start()
                took = _filled(lab, store, _SESSIONS)
                bench.figure(f"{store.name} full again after {took:.1f} s")
            wait_until(crowd.all_have_visited(), "a page for everybody", _PATIENCE_S)
        _judge(bench, lab, crowd)


@case(short=True)
def nobody_notices_that_a_third_host_joins(bench):
    """200 sessions; a host with an empty store joins. Then it has them all, also when the two
    stores that were there before die."""
    with bench.lab(spare=1, workers=4) as lab:
        crowd = Crowd(lab, _IN_USE, pause_s=0.1)
        idle = _idle_visitors(lab, crowd.ledger, _SESSIONS - _IN_USE)
        with crowd:
            wait_until(crowd.all_have_changed_something(), "everybody has a session", _PATIENCE_S)
            join(lab, lab.spare[0])
            took = _filled(lab, lab.stores[2], _SESSIONS)
            bench.figure(f"the new store is full {took:.1f} s after its host serves")
            _everybody_goes_everywhere(lab, crowd)
        for store in lab.stores[:2]:
            store.kill()
        _judge(bench, lab, crowd, idle)


@case()
def nobody_notices_that_a_host_leaves(bench):
    """Three hosts, two copies of each of 200 sessions; a host leaves, with its copies. When the two
    others are settled, both have all sessions, and one of them may die."""
    with bench.lab(hosts=3, workers=4, ini={"sessmirror.redundancy": 2}
                   if bench.own else {}) as lab:
        crowd = Crowd(lab, _IN_USE, pause_s=0.1)
        idle = _idle_visitors(lab, crowd.ledger, _SESSIONS - _IN_USE)
        with crowd:
            wait_until(crowd.all_have_changed_something(), "everybody has a session", _PATIENCE_S)
            gone = lab.hosts[2]
            leave(lab, gone)
            stop(gone)
            took = max(_filled(lab, store, _SESSIONS) for store in lab.stores)
            bench.figure(f"two copies of everything {took:.1f} s after the last list was changed")
            _everybody_goes_everywhere(lab, crowd)
        lab.stores[0].kill()
        _judge(bench, lab, crowd, idle)


def _change_lists(bench, locking, lists):
    """At least 240 changes while the list of stores goes through `lists`, of numbers of stores with
    what becomes of them. Two copies of each session."""
    with bench.lab(spare=2, workers=4, ini={"sessmirror.redundancy": 2,
                                            "sessmirror.locking": locking}) as lab:
        stores = [host.store for host in (*lab.hosts, *lab.spare)]
        for host in lab.spare:
            host.store.start()

        def entries(numbers):
            return [stores[number - 1].endpoint + change for number, change in numbers.items()]
        crowd = Crowd(lab, _LIST_VISITORS, pause_s=0.05)

        def some_pages():
            for host in lab.hosts:
                wait_until(crowd.all_have_visited(host.name), f"pages of {host.name}", _PATIENCE_S)
            wait_until(crowd.all_have_changed_something(), "a change by everybody", _PATIENCE_S)
        change_list(lab, entries(lists[0]), lambda: None)
        with crowd:
            some_pages()
            for numbers in lists[1:]:
                change_list(lab, entries(numbers), some_pages)
                wait_until(lab.settled, "all stores are complete", _PATIENCE_S)
                some_pages()
            wait_until(lambda: sum(visitor.writes for visitor in crowd.visitors) >= 240,
                       "240 changes", _PATIENCE_S)
        _judge(bench, lab, crowd)
        counters = lab.counters()
        bench.check(counters.get("collisions", 0) == 0, "changes replaced others")
        bench.figure(f"{sum(visitor.writes for visitor in crowd.visitors)} changes")


_GROWS = ({1: "", 2: ""}, {1: "", 2: "", 3: "?change=joins", 4: "?change=joins"},
          {1: "", 2: "", 3: "", 4: ""})
_SHRINKS = ({1: "", 2: "", 3: "", 4: ""}, {1: "", 2: "", 3: "?change=leaves", 4: "?change=leaves"},
            {1: "", 2: ""})


@case()
def no_change_is_lost_while_two_stores_become_four(bench):
    """Host by host, under traffic: first the list names the new stores as joining, then as all."""
    _change_lists(bench, "on", _GROWS)


@case()
def no_change_is_lost_while_two_stores_become_four_without_locks(bench):
    """The same with optimistic locking."""
    _change_lists(bench, "optimistic", _GROWS)


@case()
def no_change_is_lost_while_four_stores_become_two(bench):
    """Host by host, under traffic: first the list names two stores as leaving, then not at all."""
    _change_lists(bench, "on", _SHRINKS)


@case()
def nobody_is_logged_out_when_a_host_leaves_at_once(bench):
    """Three hosts, two copies: a host and its store are gone from one moment to the next."""
    with bench.lab(hosts=3, workers=4, ini={"sessmirror.redundancy": 2}
                   if bench.own else {}) as lab:
        crowd = Crowd(lab, _IN_USE, pause_s=0.1)
        idle = _idle_visitors(lab, crowd.ledger, _SESSIONS - _IN_USE)
        gone = lab.hosts[2]
        with crowd:
            wait_until(crowd.all_have_changed_something(), "everybody has a session", _PATIENCE_S)
            gone.store.kill()
            leave(lab, gone)
            gone.stop()
            _everybody_goes_everywhere(lab, crowd)
        _judge(bench, lab, crowd, idle)
