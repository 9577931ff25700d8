# SPDX-License-Identifier: BSD-3-Clause
"""Many workers of one host at once, forked from one process as those of php-fpm are."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from e2e import BENCHMARKS
from e2e.tracing import BEGIN, END, Tracer

from lab.waiting import wait_until

from . import parts

_SESSIONS = 4096  # shared out among the workers, however many: so all points visit the same ones
_ROUNDS = 5
_TRACED_SESSIONS = 64  # of one worker more, the same for all points
_TRACED_PASSES = 2
_PATIENCE_S = 900  # a million sessions are filled by one order
# Hundreds of workers on few processors wait for one longer than a store may take.
_PATIENT = {"sessmirror.connect_timeout_ms": 5000, "sessmirror.io_timeout_ms": 5000,
            "sessmirror.deadline_ms": 30_000}


class Hand:
    """One worker of a crowd."""

    def __init__(self, connection, stream, pid):
        self._connection = connection
        self._stream = stream
        self.pid = pid

    def send(self, line):
        self._stream.write(line + "\n")
        self._stream.flush()

    def answer(self):
        line = self._stream.readline()
        if not line.startswith("{"):
            raise RuntimeError(f"a worker ended: {line!r}")
        answer = json.loads(line)
        if answer["wrong"]:
            raise SystemExit(f"{answer['wrong']} sessions were not as they had been left")
        return answer

    def order(self, line):
        self.send(line)
        return self.answer()

    def switches(self):
        """How often it has given a processor away so far, or lost it."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return sum(map(int, re.findall(r"voluntary_ctxt_switches:\s+(\d+)", status)))

    def fileno(self):
        return self._connection.fileno()

    def close(self):
        self._stream.close()
        self._connection.close()


@contextmanager
def crowd(directory, ini, files):
    """A worker for each of the files of ids."""
    path = directory / "crowd.socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(len(files))
        listener.settimeout(_PATIENCE_S)
        with open(Path(__file__).with_name("forked.php")) as script:
            parent = subprocess.Popen(
                ["php", "-c", str(ini), "--", str(path), str(BENCHMARKS / "e2e/worker.php"),
                 parts.LABEL, str(parts.BYTES), *map(str, files)], stdin=script,
                start_new_session=True, env={**os.environ, "PHP_INI_SCAN_DIR": ""})
        hands = {}
        try:
            while len(hands) < len(files):
                number, hand = _meet(listener)
                hands[number] = hand
            yield [hands[number] for number in range(len(files))]
        finally:
            for hand in hands.values():
                hand.close()
            os.killpg(parent.pid, signal.SIGKILL)  # all has been measured
            parent.wait()
            path.unlink()


def _meet(listener):
    connection, _ = listener.accept()
    connection.settimeout(_PATIENCE_S)
    stream = connection.makefile("rw")
    number, pid = map(int, stream.readline().split())
    return number, Hand(connection, stream, pid)


def order_all(hands, line):
    """At the same time; their answers."""
    for hand in hands:
        hand.send(line)
    return [hand.answer() for hand in hands]


def fill(directory, ini, sessions, workers=4):
    """Makes that many sessions."""
    files = [parts.write_ids(directory, f"fill-{i}", range(i, sessions, workers))
             for i in range(min(workers, sessions))]
    with crowd(directory, ini, files) as hands:
        order_all(hands, "fill")
    for file in files:
        file.unlink()


def measure(directory, extension, workers):
    """One point of the series: so many workers who change their sessions all the time."""
    share = _SESSIONS // workers
    files = [parts.write_ids(directory, f"crowd-{i}", range(i * share, (i + 1) * share))
             for i in range(workers)]
    files.append(parts.write_ids(directory, "crowd-traced",
                                 range(_SESSIONS, _SESSIONS + _TRACED_SESSIONS)))
    with parts.serving(2) as servers:
        ini = parts.write_ini(directory, extension,
                              parts.settings(servers.endpoints, 2, **_PATIENT))
        before = servers.connections()
        with crowd(directory, ini, files) as (*hands, traced):
            order_all(hands, "fill")
            order_all(hands, "cycles changed 1 0")
            opened = [now - then for now, then in zip(servers.connections(), before)]
            point = _rounds(hands)
            point["syscalls"] = _system_calls(directory, hands[1:], traced)
    return {"n": workers, "connections": sum(opened) / len(opened), **point}


def _rounds(hands):
    point = {"cpu_us": [], "per_second": [], "switches": []}
    for number in range(1, _ROUNDS + 1):
        switches = sum(hand.switches() for hand in hands)
        begin = time.monotonic()
        answers = order_all(hands, f"cycles changed 1 {number}")
        seconds = time.monotonic() - begin
        cycles = sum(answer["cycles"] for answer in answers)
        point["cpu_us"].append(sum(answer["cpu_ns"] for answer in answers) / cycles / 1000)
        point["per_second"].append(cycles / seconds)
        point["switches"].append((sum(hand.switches() for hand in hands) - switches) / cycles)
    return point


def _system_calls(directory, others, hand):
    """Of one worker more, while these are at work."""
    hand.order("fill")
    hand.order("cycles changed 1 0")
    tracer = Tracer(directory, "crowd")
    strace = subprocess.Popen([*tracer(1), "-p", str(hand.pid)])
    try:
        wait_until(lambda: _is_traced(hand.pid), "strace is attached", 10)
        hand.order(f"mark {BEGIN}")
        hand.send(f"cycles changed {_TRACED_PASSES} 1")
        _work_until(hand, others)
        cycles = hand.answer()["cycles"]
        hand.order(f"mark {END}")
    finally:
        hand.close()  # the worker ends, and so does strace
        strace.wait()
    return tracer.calls().total() / cycles


def _work_until(hand, others):
    """Pass after pass, until that worker answers."""
    passes = dict.fromkeys(others, _ROUNDS + 1)
    for other in others:
        other.send(f"cycles changed 1 {passes[other]}")
    while hand not in (ready := select.select([hand, *others], [], [])[0]):
        for other in ready:
            other.answer()
            passes[other] += 1
            other.send(f"cycles changed 1 {passes[other]}")
    for other in others:
        other.answer()


def _is_traced(pid):
    return "TracerPid:\t0\n" not in Path(f"/proc/{pid}/status").read_text()
