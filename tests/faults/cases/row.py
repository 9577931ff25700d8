# SPDX-License-Identifier: BSD-3-Clause
"""Tests that are also a row of the comparison with other handlers: what they measure is one short
text, the same for every handler, and whether it is what this project promises."""

from dataclasses import dataclass

from lab import Ledger, Visitor

from .bench import case


@dataclass(frozen=True)
class Row:
    title: str
    measure: object  # of a bench: (text, whether the promise holds)


ROWS = []


def row(title, short=False, wires=False):
    """Registers a row, and a test of the same name."""
    def register(measure):
        ROWS.append(Row(title, measure))

        def body(bench):
            text, holds = measure(bench)
            bench.figure(f"{title}: {text}")
            bench.check(holds, f"{title}: {text}")
        body.__name__, body.__doc__ = measure.__name__, measure.__doc__
        case(short, wires)(body)
        return measure
    return register


def visitors(lab, count):
    """Logged in, on the hosts in turn, with something in the cart; and their ledger."""
    ledger = Ledger()
    arrived = [Visitor(f"visitor{n}", lab.browser(), ledger) for n in range(count)]
    for number, visitor in enumerate(arrived):
        host = lab.hosts[number % len(lab.hosts)].name
        visitor.log_in(host)
        visitor.add(host)
    return arrived, ledger


def lost_and_stale(visits):
    """Visitors who were logged out, at some time or other, and old carts."""
    return (len({visit.visitor for visit in visits if visit.logged_out}),
            sum(visit.wrong_cart for visit in visits))
