# SPDX-License-Identifier: BSD-3-Clause
"""What cycles take while the store of host 2 is dead or hung."""

from threading import Timer

from .copies import verify
from .site import HOSTS, Site
from .worker import SESSIONS, Team

FAULTS = ("dead", "hung")
_PERIOD_S = 1.5  # a store that is away is asked again every two seconds at most
_HUNG_S = 6  # some handlers would wait a minute, cycle by cycle
_WARM_TURNS = 3


def measure(contenders, tools, say):
    """`{fault: {contender: figures}}`, with sessions of 1 KB."""
    results = {fault: {} for fault in FAULTS}
    with Site() as site:
        for contender in contenders:
            if not _takes_part(contender):
                continue
            for fault in FAULTS:
                say(f"  a {fault} store: {contender.title}")
                results[fault][contender.name] = _through(site, contender, tools, fault)
    return results


def _takes_part(contender):
    is_same_at_1kb = contender.is_variant or contender.from_kilobytes > 1
    return (contender.handler and contender.copies and not is_same_at_1kb
            and contender.stores > 1)  # else the store that fails is not its own


def _through(site, contender, tools, fault):
    site.restart_stores(contender.engine)
    store = site.stores(contender.engine)[1]
    with Team(site, contender, 1, tools, SESSIONS) as team:
        team.fill()
        team.cycles("changed", _WARM_TURNS)
        verify(team)
        return _figures(_while_dead(store, team) if fault == "dead" else _while_hung(store, team))


def _while_dead(store, team):
    store.kill()
    return team.endure(_PERIOD_S)


def _while_hung(store, team):
    end = Timer(_HUNG_S, store.resume)
    store.hang()
    end.start()
    try:
        return team.endure(_PERIOD_S)
    finally:
        end.cancel()
        store.resume()


def _figures(passes):
    return {"cycles": sum(each["cycles"] for each in passes),
            "failed": sum(each["wrong"] for each in passes),
            "slow": [sum(each["slow"] for each in passes if each["host"] == host)
                     for host in HOSTS],
            "longest_ms": round(max(each["longest_ns"] for each in passes) / 1e6, 1)}
