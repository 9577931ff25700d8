# SPDX-License-Identifier: BSD-3-Clause
"""The programs that make session cycles, one on each host."""

import hashlib
import itertools
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import BENCHMARKS
from .site import HOSTS

SESSIONS = 64
# Kinds of cycle whose sessions do not last: each takes over what the one before it has left.
YOUNG = ("new", "regenerate", "destroy")
_generations = itertools.count(1)


def write_ids(directory, label):
    """Session ids such as PHP makes them. Contenders may share a store and a prefix of keys, so
    each has its own; a contender has the same ones in every part of a measurement."""
    path = Path(directory) / f"{label}.ids"
    ids = (hashlib.sha256(f"{label} {i}".encode()).hexdigest()[:32] for i in range(SESSIONS))
    path.write_text("".join(f"{identity}\n" for identity in ids))
    return path


@dataclass
class Cycles:
    """What a number of cycles took, by the clock and of the processor (the worker's share)."""

    number: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0


class Worker:
    """One process on one host. It ends by itself when its standard input does."""

    def __init__(self, site, host, command):
        self._process = subprocess.Popen(
            site.network.command(host, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={**os.environ, "PHP_INI_SCAN_DIR": ""})

    def order(self, line):
        """Gives an order and returns the answer."""
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer.startswith("{"):
            raise RuntimeError(f"a worker did not answer {line!r}: {answer!r}")
        return json.loads(answer)

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Team:
    """A contender at work on both hosts, which take turns: each pass over all sessions is made by
    the other host than the one before, as behind a balancer that knows no stickiness."""

    def __init__(self, site, contender, kilobytes, tools, tracer=None):
        self.contender = contender
        self.site = site
        self._counter = 0
        self._left_by = {kind: [] for kind in YOUNG}  # generations
        self._workers = []
        for host in HOSTS:
            command = self._command(host, kilobytes, tools)
            if tracer:
                command = tracer(host) + command
            self._workers.append(Worker(site, host, command))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in self._workers:
            worker.close()

    @property
    def label(self):
        return self.contender.name

    @property
    def counter(self):
        """What every session's counter stands at."""
        return self._counter

    def fill(self):
        self._workers[0].order("fill")
        self._counter = 0

    def mark(self, path):
        for worker in self._workers:
            worker.order(f"mark {path}")

    def cycles(self, kind, turns):
        """`turns` passes on each host, alternating. Returns what they took, and their number."""
        total = Cycles()
        for _ in range(turns):
            for worker in self._workers:
                number = self._number_for(kind)
                answer = worker.order(f"cycles {kind} 1 {number}")
                if answer["wrong"]:
                    raise RuntimeError(f"{self.label}: {answer['wrong']} sessions were not as they "
                                       f"had been left, {kind}, number {number}")
                self._counter += kind == "changed"
                total.seconds += answer["ns"] / 1e9
                total.cpu_seconds += answer["cpu_ns"] / 1e9
                total.number += answer["cycles"]
        return total

    def lead_up_to(self, kind, turns):
        """Makes what so many turns of a kind of YOUNG take over."""
        for earlier in YOUNG[:YOUNG.index(kind)] if kind in YOUNG else ():
            self.cycles(earlier, turns)

    def check_destroyed(self):
        """The sessions that were destroyed last are gone, on both hosts."""
        for worker in self._workers:
            left = worker.order(f"gone {self._left_by['destroy'][-1]}")["wrong"]
            if left:
                raise RuntimeError(f"{self.label}: {left} destroyed sessions are still there")

    def _number_for(self, kind):
        """What a pass is told: the counter, or the generation of sessions that do not last. The
        last one first, so that it is the other host's."""
        if kind not in YOUNG:
            return self._counter
        if kind == "new":
            number = next(_generations)
        else:
            number = self._left_by[YOUNG[YOUNG.index(kind) - 1]].pop()
        self._left_by[kind].append(number)
        return number

    def _command(self, host, kilobytes, tools):
        arguments = [str(write_ids(tools.directory, self.label)), self.label, str(round(float(kilobytes) * 1000))]
        if self.contender.floor_locking:
            addresses = [self.site.network.address(number) for number in (host, 3 - host)]
            port = str(self.site.stores("memcached")[0].port)
            return [str(tools.floor), *arguments, *addresses, port, str(host - 1),
                    self.contender.floor_locking]
        endpoints = self.site.endpoints(self.contender.engine)
        settings = self.contender.settings(endpoints, self.site.files)
        lines = [f'extension = "{tools.extension if name == "sessmirror.so" else name}"'
                 for name in self.contender.extensions]
        lines += [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        php_ini = tools.directory / f"{self.label}.ini"
        php_ini.write_text("\n".join(lines) + "\n")
        return ["php", "-c", str(php_ini), str(BENCHMARKS / "e2e" / "worker.php"), *arguments]
