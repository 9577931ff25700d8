# SPDX-License-Identifier: BSD-3-Clause
"""What a cycle of this handler may cost, next to what it does cost."""

from dataclasses import dataclass

from .figures import around_median, median

_NOISE = 0.05  # of a round trip, which is measured with a clock


@dataclass(frozen=True)
class Budget:
    """`figure` of `contender`, or, with `against`, its speed as a share of that contender's."""

    contender: str
    kind: str
    figure: str
    limit: float
    against: str = ""
    kilobytes: int = 1

    @property
    def is_minimum(self):
        return bool(self.against)

    def measured(self, contenders):
        """One value for each round; empty when the result does not hold it."""
        if self.against:
            return speed_ratios(contenders, self.contender, self.against, self.kind)
        return contenders.get(self.contender, {}).get(self.kind, {}).get(self.figure) or []

    def verdict(self, values):
        """Speed depends on what else the machine does: it is judged only where its median is sure."""
        judged = around_median(values) if self.against else [median(values)]
        met = {self._is_met(value) for value in judged}
        return "open" if len(met) > 1 else "met" if met.pop() else "**missed**"

    def _is_met(self, value):
        slack = _NOISE if self.figure == "round_trips" else 0
        return value >= self.limit if self.is_minimum else value <= self.limit + slack


def speed_ratios(contenders, name, other, kind):
    """Cycles per second of `name` as a share of `other`'s, for each round, in which both ran under
    the same conditions. Empty when one of them was not measured."""
    mine = contenders.get(name, {}).get(kind, {}).get("us") or []
    theirs = contenders.get(other, {}).get(kind, {}).get("us") or []
    return [b / a for a, b in zip(mine, theirs)]


def _without_lock(contender):
    """What a cycle without a lock may cost, whatever becomes of a request at the same time."""
    return (
        Budget(contender, "unchanged", "round_trips", 0),
        Budget(contender, "changed", "round_trips", 1.0),
        Budget(contender, "unchanged", "bytes", 0),
        Budget(contender, "unchanged", "syscalls", 3),
        Budget(contender, "changed", "syscalls", 8),
        Budget(contender, "changed", "connections", 0),
    )


def _speed(contender, floor):
    """There is none for large sessions that stay unchanged: PHP's own share, which the floor lacks, is
    most of their cost."""
    return (
        Budget(contender, "unchanged", "us", 0.7, floor),
        Budget(contender, "changed", "us", 0.8, floor),
        Budget(contender, "changed", "us", 0.7, floor, 100),
    )


def _embedded(contender):
    """One web server, which needs no other handler than this one."""
    return (
        Budget(contender, "unchanged", "us", 1.0, "files"),
        Budget(contender, "changed", "us", 1.0, "files"),
    )


BUDGETS = (
    *_without_lock("sessmirror-off"),
    *_without_lock("sessmirror-optimistic"),
    Budget("sessmirror-on", "unchanged", "round_trips", 0.5),
    Budget("sessmirror-on", "changed", "round_trips", 1.5),
    Budget("sessmirror-on", "unchanged", "bytes", 250),
    Budget("sessmirror-on", "unchanged", "syscalls", 5),
    Budget("sessmirror-on", "changed", "syscalls", 9),
    Budget("sessmirror-on", "changed", "connections", 0),
    *_speed("sessmirror-off", "floor-off"),
    *_speed("sessmirror-optimistic", "floor-off"),
    *_speed("sessmirror-on", "floor-on"),
    *_embedded("sessmirror-embedded-on"),
    *_embedded("sessmirror-embedded-off"),
)

# --- what is no figure of a cycle ------------------------------------------------------------------

MODES = ("sessmirror-on", "sessmirror-optimistic", "sessmirror-off")
_MEMORY_KB = 1024
_SLOW = 1  # cycles on each host, while a store is away
_DEADLINE_MS = 1000


def other_rows(result):
    """(what, contender, measured, limit), of sessions of 1 KB."""
    contenders = result["sizes"].get("1", {}).get("contenders", {})
    for name in MODES:
        used, base = (contenders.get(each, {}).get("memory_kb") for each in (name, "files"))
        if used and base:
            yield ("private memory of a worker above that of `files`, KB", name, used - base,
                   _MEMORY_KB)
    for fault, figures in result.get("faults", {}).items():
        for name in MODES:
            if name in figures:
                yield (f"cycles above 100 ms on a host, one store {fault}", name,
                       max(figures[name]["slow"]), _SLOW)
                yield (f"longest cycle in ms, one store {fault}", name,
                       figures[name]["longest_ms"], _DEADLINE_MS)
                yield (f"failed cycles, one store {fault}", name, figures[name]["failed"], 0)
