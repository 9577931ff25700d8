# SPDX-License-Identifier: BSD-3-Clause
"""The programs that make session cycles, one on each host."""

import base64
import hashlib
import itertools
import json
import os
import re
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import BENCHMARKS
from .site import HOSTS

SESSIONS = 64
FEW = 8  # of those that are large, or whose handler is slow with them
# Kinds of cycle whose sessions do not last: each takes over what the one before it has left.
YOUNG = ("new", "regenerate", "destroy")
_generations = itertools.count(1)


def fewer(sessions, kilobytes):
    """So many, unless they are large."""
    return sessions if float(kilobytes) < 100 else FEW


def write_ids(directory, label, sessions):
    """Session ids such as PHP makes them. Contenders may share a store and a prefix of keys, so
    each has its own; a contender has the same ones in every part of a measurement."""
    path = Path(directory) / f"{label}.ids"
    path.write_text("".join(f"{identity}\n" for identity in _ids(label, sessions)))
    return path


def _ids(label, sessions):
    return [hashlib.sha256(f"{label} {i}".encode()).hexdigest()[:32] for i in range(sessions)]


def _keys(identity):
    """What the key of a session may contain: its id, or its hash (docs/format.md)."""
    digest = hashlib.blake2b(b"sessmirror key 1" + identity.encode(), digest_size=24).digest()
    return identity, base64.urlsafe_b64encode(digest).decode()


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

    def private_kb(self):
        """Memory that it shares with nobody."""
        rollup = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text()
        return sum(int(line.split()[1]) for line in rollup.splitlines()
                   if line.startswith("Private_"))

    def close(self):
        with suppress(BrokenPipeError):  # it has ended already
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Team:
    """A contender at work on both hosts, which take turns: each pass over all sessions is made by
    the other host than the one before, as behind a balancer that knows no stickiness."""

    def __init__(self, site, contender, kilobytes, tools, sessions, tracer=None):
        self.contender = contender
        self.site = site
        self.sessions = sessions
        names = (re.escape(name) for identity in _ids(self.label, sessions)
                 for name in _keys(identity))
        self._key = re.compile("|".join(names).encode())
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
        self.close()

    def close(self):
        for worker in self._workers:
            worker.close()

    @property
    def label(self):
        return self.contender.name

    def may_be_key(self, key):
        """Whether a store's key can be that of one of the sessions."""
        return self._key.search(key)

    def private_kb(self):
        """Of the worker that uses most."""
        return max(worker.private_kb() for worker in self._workers)

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

    def endure(self, seconds):
        """Changes all sessions for about so long, although stores fail. One answer of worker.php for
        each pass, with the host that made it; each host makes at least one."""
        passes = []
        left, reached = seconds, self.sessions
        while left > 0 or len(passes) < len(HOSTS):
            host = HOSTS[len(passes) % len(HOSTS)]
            limit_ms = round(1000 * seconds)
            answer = self._workers[host - 1].order(
                f"endure {limit_ms} {reached} {self._counter}")
            self._counter += 1
            passes.append({**answer, "host": host})
            left -= answer["ns"] / 1e9
            reached = max(1, answer["cycles"])  # further ones were left as they had been before
        return passes

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
        arguments = [str(write_ids(tools.directory, self.label, self.sessions)), self.label,
                     str(round(float(kilobytes) * 1000))]
        if self.contender.floor_locking:
            addresses = [self.site.network.address(number) for number in (host, 3 - host)]
            port = str(self.site.stores("memcached")[0].port)
            return [str(tools.floor), *arguments, *addresses, port, str(host - 1),
                    self.contender.floor_locking]
        endpoints = self.site.endpoints(self.contender)
        settings = self.contender.settings(endpoints, self.site.files)
        lines = [f'extension = "{tools.extension if name == "sessmirror.so" else name}"'
                 for name in self.contender.extensions]
        lines += [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        php_ini = tools.directory / f"{self.label}.ini"
        php_ini.write_text("\n".join(lines) + "\n")
        return ["php", "-c", str(php_ini), str(BENCHMARKS / "e2e" / "worker.php"), *arguments]
