# SPDX-License-Identifier: BSD-3-Clause
"""No store can be asked."""

from lab import Ledger, Visitor, wait_until

from .bench import case

_BACK_WITHIN_S = 2.0


def _visitors(lab, count):
    ledger = Ledger()
    visitors = [Visitor(f"visitor{n}", lab.browser(), ledger) for n in range(count)]
    for visitor in visitors:
        visitor.log_in()
        visitor.add()
        visitor.add()
    return visitors, ledger


def _every_start_fails(bench, lab, visitors):
    """Each visitor tries each host; the pages say what is wrong and hand out no empty session."""
    pages = []
    for visitor in visitors:
        cookies = dict(visitor.browser.cookies)
        for host in lab.hosts:
            pages.append(visitor.browser.post("add.php", host.name, item="ghost"))
        bench.check(visitor.browser.cookies.get("PHPSESSID") == cookies["PHPSESSID"],
                    "the visitor was given another session")
    slowest = max(page.seconds for page in pages)
    bench.figure(f"{len(pages)} starts without a store, slowest {slowest:.2f} s: "
                 f"{pages[-1].noise[:160]}")
    for page in pages:
        bench.check(page.status == 503, f"a start did not fail: {page}")
        for store in lab.stores:
            bench.check(store.endpoint in page.noise, f"{store.name} is not named: {page.noise}")
    bench.check(slowest <= bench.DEADLINE_S + bench.MARGIN_S, f"a page took {slowest:.2f} s")


@case(short=True)
def without_any_store_the_start_fails_and_nothing_is_overwritten(bench):
    """All stores hang: the start fails with a message; they return, and all data is as it was."""
    with bench.lab() as lab:
        visitors, ledger = _visitors(lab, 5)
        for store in lab.stores:
            store.hang()
        _every_start_fails(bench, lab, visitors)
        for store in lab.stores:
            store.resume()
        back = max(_seconds_until_served(visitors[0], host) for host in lab.hosts)
        first = len(ledger)
        for visitor in visitors:
            for host in lab.hosts:
                visitor.look(host.name)
        bench.figure(f"back in service after {back:.2f} s")
        bench.no_errors(ledger.since(first))
        bench.check(back <= _BACK_WITHIN_S, f"back only after {back:.2f} s")


@case()
def after_the_death_of_all_stores_service_returns_with_them(bench):
    """All stores are killed: the start fails with a message; service returns when they do."""
    with bench.lab() as lab:
        visitors, _ = _visitors(lab, 3)
        for store in lab.stores:
            store.kill()
        _every_start_fails(bench, lab, visitors)
        for store in lab.stores:
            store.start()
        back = max(_seconds_until_served(visitors[0], host) for host in lab.hosts)
        bench.figure(f"back in service after {back:.2f} s")
        bench.check(back <= _BACK_WITHIN_S, f"back only after {back:.2f} s")


def _seconds_until_served(visitor, host):
    return wait_until(lambda: not visitor.browser.get("cart.php", host.name).error,
                      f"{host.name} serves again", 30)[1]
