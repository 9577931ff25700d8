# SPDX-License-Identifier: BSD-3-Clause
"""A session that is destroyed stays destroyed."""

from lab import Ledger, Visitor, wait_until

from .bench import case


def _log_outs_with(bench, fault, repair):
    """Ten visitors of each host log out while the second store is away; then it returns."""
    with bench.lab() as lab:
        ledger = Ledger()
        visitors = [(Visitor(f"{host.name}-{n}", lab.browser(), ledger), host)
                    for host in lab.hosts for n in range(10)]
        for visitor, host in visitors:
            visitor.log_in(host.name)
            visitor.add(host.name)
        store = lab.stores[1]
        fault(store)
        old_cookies = []
        for visitor, host in visitors:
            old_cookies.append(dict(visitor.browser.cookies))
            visitor.log_out(host.name)
        bench.no_errors(ledger.since())
        repair(store)
        for host in lab.hosts:
            _wait_until_asked_again(lab, host, store)
        risen = 0
        for cookies in old_cookies:
            for host in lab.hosts:
                thief = lab.browser()
                thief.cookies = dict(cookies)
                page = thief.get("cart.php", host.name)
                bench.check(not page.error, page.error)
                risen += page.data["user"] is not None
        bench.figure(f"{risen} of {2 * len(visitors)} tries with old cookies got in")
        bench.check(risen == 0, f"{risen} of {2 * len(visitors)} sessions are back")


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
    _log_outs_with(bench, lambda store: store.kill(), lambda store: store.start())


@case(short=True)
def a_session_destroyed_while_a_store_hung_stays_destroyed(bench):
    """Log-outs while a store hangs; it returns with the old copies."""
    _log_outs_with(bench, lambda store: store.hang(), lambda store: store.resume())
