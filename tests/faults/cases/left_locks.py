# SPDX-License-Identifier: BSD-3-Clause
"""A lock that its page could not give back."""

from lab import Client, History, Hung, Partition, WarmRestart, lift, strike, wait_until

from .bench import all_at_once, case

_SESSIONS = 8  # so that some have their home at the store
_WITHIN_S = 2.0  # after the fault; the lease is 30 s, unless it is said to be shorter
_LEASE_S = 4


def _hold_through(bench, make_fault, within_s=_WITHIN_S, **options):
    """Pages on both hosts have their sessions, and others wait for them, when the fault comes; all
    end before it goes."""
    with bench.lab(workers=2 * _SESSIONS, **options) as lab:
        history = History()
        visitors = [Client(f"visitor{n}", lab.browser(), history) for n in range(_SESSIONS)]
        fault = make_fault(lab)
        for visitor in visitors:
            visitor.fetch("login.php", user=visitor.name)

        def hold(number, visitor, host):
            visitor.fetch("hold.php", host.name, note=f"n{number}", seconds=0.5)

        def wait_and_strike():
            notes = [lab.notes() / f"n{number}" for number in range(_SESSIONS)]
            wait_until(lambda: all(note.exists() for note in notes), "all have their sessions", 10)
            strike(fault)

        all_at_once([wait_and_strike, *(lambda pair=pair, host=host: hold(*pair, host)
                                        for pair in enumerate(visitors) for host in lab.hosts)])
        lift(fault)
        # They find the store back. At once, since a host frees what its own pages have left when it
        # has served one.
        pages = all_at_once([lambda visitor=visitor: visitor.fetch("cart.php")
                             for visitor in visitors])
        wait_until(lab.settled, "the store is a home again", 15)
        pages += [visitor.fetch("cart.php", host.name) for visitor in visitors
                  for host in lab.hosts]
        slow = [page for page in pages if page.error or page.seconds > within_s]
        bench.figure(f"{len(slow)} of {len(pages)} pages waited for a lock that nobody held")
        bench.check(not slow, f"the first: {slow[0].name} {slow[0].seconds:.1f} s {slow[0].error}"
                    if slow else "")


@case()
def the_lock_of_a_page_that_ended_while_the_store_hung_is_free_when_it_returns(bench):
    """Pages end while their home hangs; when it goes on, their sessions are free."""
    _hold_through(bench, lambda lab: Hung(lab.stores[1]))


@case()
def the_lock_of_a_page_that_ended_during_a_warm_restart_is_free_afterwards(bench):
    """Pages end while their home restarts; it comes back with their locks, and they are freed."""
    _hold_through(bench, lambda lab: WarmRestart(lab.stores[1]), warm=True)


@case(wires=True)
def the_lock_of_a_page_that_ended_behind_a_partition_ends_with_its_lease(bench):
    """Pages end while their home is out of reach; their sessions are free after the lease."""
    _hold_through(bench, lambda lab: Partition(lab.network, 1, 2), _LEASE_S + _WITHIN_S,
                  ini={"sessmirror.lock_lease_s": _LEASE_S})
