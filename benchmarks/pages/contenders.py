# SPDX-License-Identifier: BSD-3-Clause
"""Whose pages are compared, and what befalls a store meanwhile."""

from dataclasses import dataclass, field

from lab import Hung, Killed, SlowStore

SLOW_MS = 20
LATE = ("hung", "slow")  # states in which hedging can help a read


@dataclass(frozen=True)
class Contender:
    title: str
    handler: str  # of the lab
    ini: dict = field(default_factory=dict)
    faults: bool = True  # whether it has a second store to go on with
    only_reads: bool = False  # pages, once the visitors have their sessions

    def takes_part_in(self, state):
        if self.only_reads:
            return state in LATE
        return self.faults or state == "healthy"


CONTENDERS = {
    "sessmirror-on": Contender("sessmirror, locking on", "sessmirror"),
    "sessmirror-optimistic": Contender("sessmirror, optimistic", "sessmirror-optimistic"),
    "sessmirror-off": Contender("sessmirror, locking off", "sessmirror",
                                {"sessmirror.locking": "off"}),
    "sessmirror-reads": Contender("sessmirror, only reads, hedged", "sessmirror",
                                  {"sessmirror.locking": "off"}, only_reads=True),
    "sessmirror-reads-unhedged": Contender("sessmirror, only reads, not hedged", "sessmirror",
                                           {"sessmirror.locking": "off", "sessmirror.hedge": "off"},
                                           only_reads=True),
    "memcache": Contender("memcache, redundancy 2", "memcache"),
    "memcached-lock": Contender("memcached, lock", "memcached"),
    "memcached-nolock": Contender("memcached, no lock", "memcached-no-lock"),
    "memcached-persistent": Contender("memcached, persistent, no lock", "memcached-no-lock",
                                      {"memcached.sess_persistent": 1}),
    "redis": Contender("redis, no lock", "redis"),
    "files": Contender("files on one tmpfs for both hosts", "sessmirror",
                       {"session.save_handler": "files"}, faults=False),
}

FAULTS = {
    "healthy": None,
    "dead": lambda lab: Killed(lab.stores[1]),
    "hung": lambda lab: Hung(lab.stores[1]),
    "slow": lambda lab: SlowStore(lab.run, lab.network, lab.stores[1], SLOW_MS),
}
