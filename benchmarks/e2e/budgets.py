# SPDX-License-Identifier: BSD-3-Clause
"""What a cycle of this handler may cost, next to what it does cost."""

from dataclasses import dataclass

from .figures import median

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
        """Speed depends on what else the machine does: it is judged only if all rounds agree."""
        judged = values if self.against else [median(values)]
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


BUDGETS = (
    Budget("sessmirror-off", "unchanged", "round_trips", 0),
    Budget("sessmirror-on", "unchanged", "round_trips", 0.5),
    Budget("sessmirror-off", "changed", "round_trips", 1.0),
    Budget("sessmirror-on", "changed", "round_trips", 1.5),
    Budget("sessmirror-off", "unchanged", "bytes", 0),
    Budget("sessmirror-on", "unchanged", "bytes", 250),
    Budget("sessmirror-off", "unchanged", "syscalls", 3),
    Budget("sessmirror-off", "changed", "syscalls", 8),
    Budget("sessmirror-on", "unchanged", "syscalls", 5),
    Budget("sessmirror-on", "changed", "syscalls", 9),
    Budget("sessmirror-off", "changed", "connections", 0),
    Budget("sessmirror-on", "changed", "connections", 0),
    Budget("sessmirror-off", "changed", "us", 0.8, "floor-off"),
    Budget("sessmirror-on", "changed", "us", 0.8, "floor-on"),
    Budget("sessmirror-off", "unchanged", "us", 0.7, "floor-off"),
    Budget("sessmirror-on", "unchanged", "us", 0.7, "floor-on"),
    Budget("sessmirror-off", "changed", "us", 0.7, "floor-off", 100),
    Budget("sessmirror-on", "changed", "us", 0.7, "floor-on", 100),
)
