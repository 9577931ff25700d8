# SPDX-License-Identifier: BSD-3-Clause
"""A firewall between a web host and a store."""

from lab import Forgotten, Ledger, Visitor, strike

from .bench import all_at_once, case

_WORKERS = 5
_PAGES = 10


def _visit_through_a_firewall_that_forgot(bench, lab):
    """Every worker of web1 has had a page before, and so a connection to the store of web2."""
    ledger = Ledger()
    visitors = [Visitor(f"visitor{n}", lab.browser(), ledger) for n in range(_PAGES)]
    for visitor in visitors:
        visitor.log_in("web1")
    all_at_once([lambda who=who: who.add("web1") for who in visitors])
    strike(Forgotten(lab.network, lab.hosts[1].store))
    first = len(ledger)
    for visitor in visitors:
        visitor.add("web1")
    visits = ledger.since(first)
    refused = sum(1 for visit in visits if visit.error)
    down = sum(1 for store in lab.status("web1")["stores"] if not store["up"])
    bench.figure(f"{refused} of {len(visits)} pages refused, slowest "
                 f"{max(visit.seconds for visit in visits):.2f} s, {down} stores seen as down")
    bench.no_errors(visits)
    bench.check(down == 0, "the store is well, and its host says that it is down")


@case(wires=True, engine="memcached")
def a_firewall_that_forgets_connections_to_the_only_store_costs_no_page(bench):
    """Packets of connections that were idle vanish: pages use new ones, and none is refused."""
    with bench.lab(workers=_WORKERS, ini={"session.save_path": "10.77.2.1"}) as lab:
        _visit_through_a_firewall_that_forgot(bench, lab)


@case(short=True, wires=True)
def a_firewall_that_forgets_connections_to_one_store_of_two_costs_no_page(bench):
    """The same, where the other store is on the web host itself."""
    with bench.lab(workers=_WORKERS) as lab:
        _visit_through_a_firewall_that_forgot(bench, lab)
