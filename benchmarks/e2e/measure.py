# SPDX-License-Identifier: BSD-3-Clause
"""The three parts of a measurement: cycles as fast as they go, cycles under strace, and cycles over
two links of different delay. README.md says what each figure means."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .copies import verify
from .site import Site
from .tracing import BEGIN, END, Tracer
from .worker import YOUNG, Team

KINDS = ("unchanged", "changed")
FURTHER_KINDS = ("strict", *YOUNG)  # of programs that run PHP
# One way, in ms. Both links are slow enough to leave what a host itself does out of sight.
DELAYS_MS = (1, 9)
_ROUND_S = 0.1  # a round takes about this long for each contender
_TRACED_TURNS = 4
_FURTHER_LINK_ROUNDS = 1


@dataclass(frozen=True)
class Tools:
    """What the workers need, and where their files may be put."""

    floor: Path
    extension: str
    directory: Path


def say(text):
    print(text, file=sys.stderr, flush=True)


class Measurement:
    """All figures of one session size. `results[contender][kind]` holds lists, a value a round."""

    def __init__(self, contenders, kilobytes, tools, kinds):
        self._contenders = contenders
        self._kilobytes = kilobytes
        self._tools = tools
        self._kinds = kinds
        self.results = {contender.name: {kind: {} for kind in self._kinds_of(contender)}
                        for contender in contenders}
        self.delays = []

    # --- time, packets and bytes ---------------------------------------------------------------

    def cycles(self, rounds):
        """Contenders take turns in every round, so that a busy moment of the machine hits all."""
        with Site() as site, ExitStack() as stack:
            teams = [stack.enter_context(self._team(site, each)) for each in self._contenders]
            turns = {team.label: self._prepare(team) for team in teams}
            site.settled_wire()
            for number in range(rounds):
                say(f"  {self._kilobytes} KB: round {number + 1} of {rounds}")
                for kind in self._kinds:
                    for team in teams[number % len(teams):] + teams[:number % len(teams)]:
                        if kind in turns[team.label]:
                            self._round(team, kind, turns[team.label][kind])
            for team in teams:
                self.results[team.label]["copies"] = verify(team)
                if "destroy" in turns[team.label]:
                    team.check_destroyed()

    def _prepare(self, team):
        """Fills, checks and warms up; returns how many turns make up a round, for each kind."""
        team.fill()
        verify(team)
        turns = {}
        for kind in self._kinds_of(team.contender):
            team.cycles(kind, 1)
            seconds = max(team.cycles(kind, 1).seconds, 1e-4)
            turns[kind] = max(1, min(20, round(_ROUND_S / seconds)))
        verify(team)
        young = [kind for kind in YOUNG if kind in turns]
        if young:
            team.check_destroyed()
        return {**turns, **dict.fromkeys(young, min((turns[kind] for kind in young), default=0))}

    def _round(self, team, kind, turns):
        packets, size = team.site.wire()
        cycles = team.cycles(kind, turns)
        packets_after, size_after = team.site.settled_wire()
        self._note(team, kind, us=cycles.seconds * 1e6 / cycles.number,
                   cpu_us=cycles.cpu_seconds * 1e6 / cycles.number,
                   packets=(packets_after - packets) / cycles.number,
                   bytes=(size_after - size) / cycles.number)

    # --- system calls --------------------------------------------------------------------------

    def system_calls(self):
        with Site() as site:
            for contender in self._contenders:
                say(f"  {self._kilobytes} KB: system calls of {contender.title}")
                for kind in self._kinds_of(contender):
                    self._trace(site, contender, kind)

    def _trace(self, site, contender, kind):
        tracer = Tracer(self._tools.directory, f"{contender.name}.{kind}.{self._kilobytes}")
        with self._team(site, contender, tracer) as team:
            team.fill()
            team.lead_up_to(kind, 1 + _TRACED_TURNS)
            team.cycles(kind, 1)
            team.mark(BEGIN)
            number = team.cycles(kind, _TRACED_TURNS).number
            team.mark(END)
        calls = {name: count / number for name, count in tracer.calls().most_common()}
        self._note(team, kind, syscalls=sum(calls.values()), connections=calls.get("connect", 0))
        self.results[team.label][kind]["calls"] = calls

    # --- round trips ---------------------------------------------------------------------------

    def round_trips(self, rounds):
        """A cycle that waits for the other host n times gets slower by n times what the link
        does."""
        slow = {}
        for delay in DELAYS_MS:
            with Site(delay) as site:
                say(f"  {self._kilobytes} KB: link of {site.round_trip_ms:.1f} ms there and back")
                self.delays.append(site.round_trip_ms)
                for contender in self._contenders:
                    if contender.copies:
                        slow.setdefault(contender.name, []).append(
                            self._over_link(site, contender, rounds))
        apart = self.delays[1] - self.delays[0]
        for name, (near, far) in slow.items():
            for kind in near:
                self.results[name][kind]["round_trips"] = [
                    (b - a) / apart for a, b in zip(near[kind], far[kind])]

    def _over_link(self, site, contender, rounds):
        """ms per cycle, for each kind and round."""
        say(f"  {self._kilobytes} KB: {contender.title}, {site.round_trip_ms:.1f} ms")
        with self._team(site, contender) as team:
            team.fill()
            team.cycles("unchanged", 1)
            spent = {}
            for kind in self._kinds_of(contender):
                turns = rounds if kind in KINDS else _FURTHER_LINK_ROUNDS
                cycles = [team.cycles(kind, 1) for _ in range(turns)]
                spent[kind] = [each.seconds * 1e3 / each.number for each in cycles]
            verify(team)
        return spent

    # -------------------------------------------------------------------------------------------

    def _kinds_of(self, contender):
        # Where copies are made late, the other host does not find what has just been made.
        without = FURTHER_KINDS if contender.floor_locking else YOUNG if contender.writes_late else ()
        return [kind for kind in self._kinds if kind not in without]

    def _team(self, site, contender, tracer=None):
        return Team(site, contender, self._kilobytes, self._tools, tracer)

    def _note(self, team, kind, **figures):
        for name, value in figures.items():
            self.results[team.label][kind].setdefault(name, []).append(value)
