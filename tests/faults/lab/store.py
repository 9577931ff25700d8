# SPDX-License-Identifier: BSD-3-Clause
"""A host's own session store, and what can happen to it."""

import os
import signal
import socket
import time

from .waiting import Overdue, wait_until


class Store:
    """One store process on one host. It keeps everything in memory: kill() loses its data."""

    engine = "memcached"

    def __init__(self, run, network, number, port, options=(), clock=None):
        self._run = run
        self._network = network
        self._options = list(options)
        self._clock = clock
        self.number = number
        self.neighbour = 1 if number > 1 else 2  # a host that has to cross the wires to it
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
        """Starts it, empty unless it ended warm, and returns when it answers."""
        command = self._network.command(self.number, self._command())
        environment = {**os.environ, **(self._clock.environment if self._clock else {})}
        self._process = self._run.spawn(self.name, command, env=environment)
        wait_until(self.answers, f"{self.name} answers", 10)

    def kill(self):
        """kill -9: connections break, new ones are refused."""
        self._run.kill(self._process)
        self._process = None

    def end_warm(self):
        """SIGUSR1: it writes down what is in its memory file (-e), and ends."""
        os.kill(self._process.pid, signal.SIGUSR1)
        wait_until(lambda: self._process.poll() is not None, f"{self.name} ends", 10)
        self._run.forget(self._process)
        self._process = None
        # It refuses a memory file of its own second.
        ended = int(time.time())
        wait_until(lambda: int(time.time()) > ended, "the next second", 2)

    def hang(self):
        """SIGSTOP: the kernel still accepts connections and data; nobody answers."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self._process.pid, signal.SIGCONT)

    def accepts_from(self, number, within_s=0.25):
        """Whether a connection from that host is made."""
        try:
            self._network.connect(self.number, self.port, within_s, number).close()
        except OSError:
            return False
        return True

    def seconds_to_answer(self, number):
        """From that host, over a connection of its own."""
        with self._network.connect(self.number, self.port, 5, number) as connection:
            start = time.monotonic()
            connection.sendall(b"version\r\n")
            connection.recv(256)
            return time.monotonic() - start

    def connect(self):
        """On its own host."""
        connection = self._network.connect(self.number, self.port, 2)
        connection.settimeout(10)
        return connection

    def open_probe(self, number):
        return Probe(self, self._network.connect(self.number, self.port, 1, number))

    def answers(self):
        return bool(self.stats())

    def stats(self):
        """What the store counts, by name."""
        text = self.ask(b"stats\r\nquit\r\n")
        rows = (line.split(" ", 2) for line in text.splitlines() if line.startswith("STAT "))
        return {name: value for _, name, value in rows}

    def items(self):
        return int(self.stats()["curr_items"])

    def writes(self):
        return int(self.stats()["cmd_set"])

    def ask(self, request, timeout_s=2):
        with self._network.connect(self.number, self.port, timeout_s) as connection:
            connection.settimeout(timeout_s)
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        return answer.decode("latin-1")

    def _command(self):
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        return ["memcached", *user, "-m", "64", "-U", "0", "-l",
                self._network.address(self.number), "-p", str(self.port), *self._options]


class Probe:
    """A connection to a memcached that stays open, to see what becomes of requests sent over it."""

    def __init__(self, store, connection):
        self._store = store
        self._connection = connection
        self._sent = 0
        connection.settimeout(0.25)

    def is_carried_out(self):
        """Sends a change; true if the store has made it soon."""
        self._sent += 1
        value = str(self._sent).encode()
        self._connection.sendall(b"set lab-probe 0 60 %d\r\n%s\r\n" % (len(value), value))
        wanted = f"\r\n{self._sent}\r\n"
        try:
            wait_until(lambda: wanted in self._store.ask(b"get lab-probe\r\nquit\r\n"), "", 1)
        except Overdue:
            return False
        return True

    def is_answered(self):
        try:
            return bool(self._connection.recv(256))
        except TimeoutError:
            return False

    def close(self):
        self._connection.close()


class RedisStore(Store):
    engine = "redis"

    def stats(self):
        text = self.ask(b"INFO commandstats\r\nQUIT\r\n")
        rows = (line.partition(":") for line in text.splitlines() if ":" in line)
        return {name: value for name, _, value in rows}

    def writes(self):
        calls = (value for name, value in self.stats().items() if name.startswith("cmdstat_set"))
        return sum(int(value.partition("calls=")[2].partition(",")[0]) for value in calls)

    def _command(self):
        return ["redis-server", "--bind", self._network.address(self.number),
                "--port", str(self.port), "--save", "", "--appendonly", "no",
                "--protected-mode", "no", *self._options]


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
