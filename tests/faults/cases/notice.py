# SPDX-License-Identifier: BSD-3-Clause
"""The instruments themselves: what the other tests look for would be seen."""

from lab import Crowd, wait_until

from .bench import case


@case(short=True)
def a_warning_of_php_is_an_error_to_a_visitor(bench):
    """A page that prints a PHP warning counts as an error, although its status is 200."""
    with bench.lab() as lab:
        page = lab.browser().get("warn.php")
        bench.figure(page.error)
        bench.check(page.status == 200 and "planted" in page.error, f"not seen: {page}")


@case(short=True)
def visitors_notice_when_their_sessions_are_gone(bench):
    """All stores restarted empty at once: every visitor is counted as logged out."""
    with bench.lab() as lab, Crowd(lab, 5) as crowd:
        wait_until(crowd.all_have_changed_something(), "everybody has a session", 20)
        for store in lab.stores:
            store.kill()
        for store in lab.stores:
            store.start()
        wait_until(lambda: {visit.visitor for visit in crowd.ledger.since() if visit.logged_out}
                   == {visitor.name for visitor in crowd.visitors}, "all are logged out", 20)
        bench.figure(f"{crowd.ledger.summary()['logged out']} log-outs of 5 visitors seen")
