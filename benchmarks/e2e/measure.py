# SPDX-License-Identifier: BSD-3-Clause
"""The parts of a measurement: cycles as fast as they go, cycles under strace, cycles under valgrind,
and cycles over two links of different delay. README.md says what each figure means."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .copies import WrongCopies, verify
from .figures import median
from .instructions import InstructionCounter
from .site import Site
from .tracing import BEGIN, END, Tracer
from .worker import FEW, SESSIONS, YOUNG, Team, fewer

KINDS = ("unchanged", "changed")
FURTHER_KINDS = ("strict", *YOUNG)  # of programs that run PHP
# One way, in ms. Both links are slow enough to leave what a host itself does out of sight, also where
# that is to pass on a large session packet by packet.
_DELAYS_MS = (1, 5)
_LARGE_DELAYS_MS = (5, 25)
_ROUND_S = 0.1  # a round takes about this long for each contender
_LONG_PASS_S = 1  # whose passes take longer has fewer sessions
_TRACED_TURNS = 4
_TRACED_SESSIONS = 16
_COUNTED_TURNS = (1, 4)
_LINK_SESSIONS = 64
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
            prepared = [self._prepare(site, stack, each) for each in self._contenders]
            ready = [pair for pair in prepared if pair]
            self._contenders = [team.contender for team, _ in ready]
            site.settled_wire()
            for number in range(rounds):
                say(f"  {self._kilobytes} KB: round {number + 1} of {rounds}")
                self._rounds(ready[number % len(ready):] + ready[:number % len(ready)])
            site.check_nothing_evicted()
            for team, turns in ready:
                self._close(team, turns)

    def _rounds(self, ready):
        # What a team makes it destroys at once: of large ones few fit into a store.
        for kinds in (*((kind,) for kind in self._kinds if kind not in YOUNG), YOUNG):
            for team, turns in ready:
                for kind in kinds:
                    if kind in turns:
                        self._round(team, kind, turns[kind])

    def _prepare(self, site, stack, contender):
        """A team that is ready to be measured, and how many turns make up a round, for each kind. None
        when it is somebody else's handler that does not keep sessions of this size."""
        say(f"  {self._kilobytes} KB: {contender.title}")
        try:
            team = stack.enter_context(self._fitting_team(site, contender))
            return team, self._warm_up(team)
        except (RuntimeError, WrongCopies, OSError) as error:
            if not contender.is_peer or self._kilobytes == "1":
                raise
            say(f"  {contender.title} refuses: {error}")
            self.results[contender.name] = {"refuses": str(error)}
            return None

    def _fitting_team(self, site, contender):
        sessions = FEW if self._is_large else SESSIONS
        team = self._team(site, contender, sessions)
        try:
            team.fill()
            verify(team)
            if sessions > FEW and team.cycles("unchanged", 1).seconds > 2 * _LONG_PASS_S:
                team.close()
                team = self._team(site, contender, FEW)
                team.fill()
        except BaseException:
            team.close()
            raise
        return team

    def _warm_up(self, team):
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

    def _close(self, team, turns):
        result = self.results[team.label]
        result["memory_kb"] = team.private_kb()
        result["sessions"] = team.sessions
        result["copies"] = verify(team)
        if "destroy" in turns:
            team.check_destroyed()

    def _round(self, team, kind, turns):
        packets, size = team.site.wire()
        cycles = team.cycles(kind, turns)
        packets_after, size_after = team.site.settled_wire()
        self._note(team.contender, kind, us=cycles.seconds * 1e6 / cycles.number,
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
        with self._team(site, contender, self._few(_TRACED_SESSIONS), tracer) as team:
            team.fill()
            team.lead_up_to(kind, 1 + _TRACED_TURNS)
            team.cycles(kind, 1)
            team.mark(BEGIN)
            number = team.cycles(kind, _TRACED_TURNS).number
            team.mark(END)
        calls = {name: count / number for name, count in tracer.calls().most_common()}
        self._note(team.contender, kind, syscalls=sum(calls.values()), connections=calls.get("connect", 0))
        self.results[team.label][kind]["calls"] = calls

    # --- instructions --------------------------------------------------------------------------

    def instructions(self):
        """What more turns cost more."""
        with Site() as site:
            for contender in self._contenders:
                if contender.is_variant:
                    continue
                say(f"  {self._kilobytes} KB: instructions of {contender.title}")
                few, many = _COUNTED_TURNS
                base, number = self._count(site, contender, dict.fromkeys(KINDS, few))
                for kind in KINDS:
                    more, _ = self._count(site, contender, {**dict.fromkeys(KINDS, few), kind: many})
                    self._note(contender, kind, instructions=round(
                        (more - base) / (number / len(KINDS) / few * (many - few))))

    def _count(self, site, contender, turns):
        """Instructions of both workers, for so many turns of each kind, and the number of cycles."""
        counter = InstructionCounter(self._tools.directory, f"{contender.name}.{self._kilobytes}")
        with self._team(site, contender, self._few(_TRACED_SESSIONS), counter) as team:
            team.fill()
            number = sum(team.cycles(kind, turns[kind]).number for kind in KINDS)
        return counter.total(), number

    # --- round trips ---------------------------------------------------------------------------

    def round_trips(self, rounds):
        """A cycle that waits for the other host n times gets slower by n times what the link
        does."""
        seen = [self._over_links_of(delay, rounds)
                for delay in (_LARGE_DELAYS_MS if self._is_large else _DELAYS_MS)]
        self.delays += [median([exchange for exchange, _ in each.values()]) for each in seen]
        near, far = seen
        for name, (exchange, cycles) in near.items():
            longer_exchange, longer_cycles = far[name]
            for kind in cycles:
                self.results[name][kind]["near_ms"] = cycles[kind]
                self.results[name][kind]["round_trips"] = [
                    (b - a) / (longer_exchange - exchange)
                    for a, b in zip(cycles[kind], longer_cycles[kind])]

    def _over_links_of(self, delay, rounds):
        """{name: (ms of an exchange with the other host's store, {kind: [ms of a cycle]})}. The exchange is
        timed beside each contender, since how long it takes changes with the machine's mood."""
        with Site(delay) as site:
            seen = {}
            for contender in self._contenders:
                if contender.copies:
                    say(f"  {self._kilobytes} KB: {contender.title}, {2 * delay} ms there and back")
                    before = site.exchanges_ms()
                    cycles = self._over_link(site, contender, rounds)
                    seen[contender.name] = median([*before, *site.exchanges_ms()]), cycles
            return seen

    def _over_link(self, site, contender, rounds):
        """ms per cycle, for each kind and round."""
        with self._team(site, contender, self._few(_LINK_SESSIONS)) as team:
            team.fill()
            for kind in KINDS:  # connections, and tokens for which the floor asks once
                team.cycles(kind, 1)
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
        without = (FURTHER_KINDS if contender.floor_locking or contender.is_variant
                   else YOUNG if contender.writes_late else ())
        return [kind for kind in self._kinds if kind not in without]

    @property
    def _is_large(self):
        return float(self._kilobytes) > 100

    def _few(self, sessions):
        return fewer(sessions, self._kilobytes)

    def _team(self, site, contender, sessions, tracer=None):
        return Team(site, contender, self._kilobytes, self._tools, sessions, tracer)

    def _note(self, contender, kind, **figures):
        for figure, value in figures.items():
            self.results[contender.name][kind].setdefault(figure, []).append(value)
