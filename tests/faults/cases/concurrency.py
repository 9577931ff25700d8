# SPDX-License-Identifier: BSD-3-Clause
"""Many requests of one session at the same time."""

from lab import History, tabs

from .bench import NO_LOCK, all_at_once, case

_SLOWEST_S = 1.0
_OPTIMISTIC = {"sessmirror.locking": "optimistic"}


def _final_look(lab, client):
    """The last pages are those that tell how it ended; returns one of them."""
    return [client.final_look(host.name) for host in lab.hosts][-1]


@case(short=True)
def forty_increments_at_once_make_forty(bench):
    """40 concurrent increments over two hosts: none lost, none refused, slowest under a second."""
    with bench.lab() as lab:
        history = History()
        first, opened = tabs(lab, 40, history)
        pages = all_at_once([lambda tab=tab: tab.fetch("counter.php", work_ms=5)
                             for tab in opened])
        slowest = max(page.seconds for page in pages)
        count = _final_look(lab, first).data["count"]
        bench.figure(f"counter {count} of 40, slowest page {slowest:.2f} s")
        bench.check(count == 40, f"{40 - count} increments lost")
        bench.check(slowest < _SLOWEST_S, f"the slowest page took {slowest:.2f} s")
        bench.judge(history)


def _twenty_keys(bench, ini, allowed=()):
    with bench.lab(ini=ini) as lab:
        history = History()
        first, opened = tabs(lab, 20, history)
        pages = all_at_once([lambda tab=tab: tab.fetch("add.php", work_ms=5) for tab in opened])
        slowest = max(page.seconds for page in pages)
        kept = sum(_final_look(lab, first).data["cart"].values())
        bench.figure(f"{kept} of 20 keys kept, slowest page {slowest:.2f} s")
        bench.check(kept == 20, f"{20 - kept} writes lost")
        bench.judge(history, allowed)


@case(short=True)
def twenty_writers_of_different_keys_are_all_kept(bench):
    """20 concurrent writers, each of a key of its own: all keys are there afterwards."""
    _twenty_keys(bench, {})


@case(short=True)
def twenty_writers_of_different_keys_are_all_kept_without_waiting(bench):
    """The same with optimistic locking, where nobody waits."""
    _twenty_keys(bench, _OPTIMISTIC, NO_LOCK)
