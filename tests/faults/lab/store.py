# SPDX-License-Identifier: BSD-3-Clause
"""A host's own session store, and what can happen to it."""

import os
import signal
import socket

from .waiting import wait_until


class Store:
    """One store process on one host. It keeps everything in memory: kill() loses its data."""

    engine = "memcached"

    def __init__(self, run, network, number, port):
        self._run = run
        self._network = network
        self._number = number
        self.port = port
        self.name = f"store{number}"
        self.endpoint = f"{network.address(number)}:{port}"
        self._process = None

    @property
    def pid(self):
        return self._process.pid

    @property
    def running(self):
        """Also when it hangs."""
        return self._process is not None

    def start(self):
        """Starts it, empty, and returns when it answers."""
        command = self._network.command(self._number, self._command())
        self._process = self._run.spawn(self.name, command)
        wait_until(self.answers, f"{self.name} answers", 10)

    def kill(self):
        """kill -9: connections break, new ones are refused."""
        self._run.kill(self._process)
        self._process = None

    def hang(self):
        """SIGSTOP: the kernel still accepts connections and data; nobody answers."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self._process.pid, signal.SIGCONT)

    def answers(self):
        return bool(self.stats())

    def stats(self):
        """What the store counts, by name."""
        text = self._ask(b"stats\r\nquit\r\n")
        rows = (line.split(" ", 2) for line in text.splitlines() if line.startswith("STAT "))
        return {name: value for _, name, value in rows}

    def writes(self):
        return int(self.stats()["cmd_set"])

    def _ask(self, request, timeout_s=2):
        with self._network.connect(self._number, self.port, timeout_s) as connection:
            connection.settimeout(timeout_s)
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        return answer.decode("latin-1")

    def _command(self):
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        return ["memcached", *user, "-m", "64", "-U", "0", "-l",
                self._network.address(self._number), "-p", str(self.port)]


class RedisStore(Store):
    engine = "redis"

    def stats(self):
        text = self._ask(b"INFO commandstats\r\nQUIT\r\n")
        rows = (line.partition(":") for line in text.splitlines() if ":" in line)
        return {name: value for name, _, value in rows}

    def writes(self):
        calls = (value for name, value in self.stats().items() if name.startswith("cmdstat_set"))
        return sum(int(value.partition("calls=")[2].partition(",")[0]) for value in calls)

    def _command(self):
        return ["redis-server", "--bind", self._network.address(self._number),
                "--port", str(self.port), "--save", "", "--appendonly", "no",
                "--protected-mode", "no"]


ENGINES = {engine.engine: engine for engine in (Store, RedisStore)}


def free_port(addresses):
    """A port that is free on all of the addresses (used on loopback only)."""
    while True:
        with socket.socket() as first:
            first.bind((addresses[0], 0))
            port = first.getsockname()[1]
            try:
                for address in addresses[1:]:
                    with socket.socket() as other:
                        other.bind((address, port))
            except OSError:
                continue
            return port
