# SPDX-License-Identifier: BSD-3-Clause
"""A host's own session store, and what can happen to it."""

import os
import signal
import socket
import time
from dataclasses import dataclass

from .waiting import Overdue, wait_until


@dataclass(frozen=True)
class Limits:
    """What a store is allowed: memory for its items, whether it throws old ones away when there is
    no more of it, and connections. 0 is the lab's default."""

    megabytes: int = 0
    evicts: bool = True
    connections: int = 0


class Store:
    """One store process on one host. It keeps everything in memory: kill() loses its data.
    `named`: the port that lists of stores name instead of its own, where it has a front."""

    engine = "memcached"
    scheme = "tcp"
    hello = b"version\r\n"  # has an answer of one line

    def __init__(self, run, network, number, port, options=(), clock=None, named=0):
        self._run = run
        self._network = network
        self._options = list(options)
        self._clock = clock
        self.number = number
        self.neighbour = 1 if number > 1 else 2  # a host that has to cross the wires to it
        self.port = port
        self.name = f"store{number}"
        self.endpoint = f"{network.address(number)}:{named or port}"
        self.entry = f"{self.scheme}://{self.endpoint}"  # in a list of stores
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
        self._end_by(signal.SIGUSR1)
        # It refuses a memory file of its own second.
        ended = int(time.time())
        wait_until(lambda: int(time.time()) > ended, "the next second", 2)

    def _end_by(self, number):
        os.kill(self._process.pid, number)
        wait_until(lambda: self._process.poll() is not None, f"{self.name} ends", 10)
        self._run.forget(self._process)
        self._process = None

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
            connection.sendall(self.hello)
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

    def turned_away(self):
        """What it has thrown away, or refused to take, because it was full."""
        stats = self.stats()
        return int(stats["evictions"]) + int(stats["store_no_memory"])

    def writes(self):
        return int(self.stats()["cmd_set"])

    def ask(self, request, timeout_s=2):
        with self._network.connect(self.number, self.port, timeout_s) as connection:
            connection.settimeout(timeout_s)
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        return answer.decode("latin-1")

    @staticmethod
    def set_request(name, value, ttl_s=0):
        """Has an answer of one line, as a deletion has."""
        return b"set %s 0 %d %d\r\n%s\r\n" % (name, ttl_s, len(value), value)

    @staticmethod
    def get_request(name):
        return b"get %s\r\n" % name

    @staticmethod
    def delete_request(name):
        return b"delete %s\r\n" % name

    @staticmethod
    def options_for(limits):
        return [*(["-m", str(limits.megabytes)] if limits.megabytes else []),
                *([] if limits.evicts else ["-M"]),
                *(["-c", str(limits.connections)] if limits.connections else [])]

    @staticmethod
    def warm_options(directory):
        return ["-e", str(directory / "memory")]

    def _command(self):
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        return ["memcached", *user, "-m", "64", "-U", "0", "-l",
                self._network.address(self.number), "-p", str(self.port), *self._options]


class Probe:
    """A connection to a store that stays open, to see what becomes of requests sent over it."""

    def __init__(self, store, connection):
        self._store = store
        self._connection = connection
        self._sent = 0
        connection.settimeout(0.25)

    def is_carried_out(self):
        """Sends a change; true if the store has made it soon."""
        self._sent += 1
        request = self._store.set_request(b"lab-probe", b"%d" % self._sent, 60)
        self._connection.sendall(request)
        look = self._store.get_request(b"lab-probe") + b"quit\r\n"
        try:
            wait_until(lambda: f"\r\n{self._sent}\r\n" in self._store.ask(look), "", 1)
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
    """Requests are written in one line, as a person would: what is sent holds no blanks."""

    engine = "redis"
    scheme = "redis"
    hello = b"PING\r\n"

    def end_warm(self):
        """SIGTERM: it writes its file, which it does where it has one, and ends."""
        self._end_by(signal.SIGTERM)

    def stats(self):
        text = self.ask(b"INFO ALL\r\nQUIT\r\n")
        rows = (line.partition(":") for line in text.splitlines() if ":" in line)
        return {name: value for name, _, value in rows}

    def items(self):
        return int(self.ask(b"DBSIZE\r\nQUIT\r\n").split("\r\n")[0].removeprefix(":"))

    def writes(self):
        calls = (value for name, value in self.stats().items() if name.startswith("cmdstat_set"))
        return sum(_count(value, "calls=") for value in calls)

    def turned_away(self):
        stats = self.stats()
        return int(stats["evicted_keys"]) + _count(stats.get("errorstat_OOM", ""), "count=")

    @staticmethod
    def set_request(name, value, ttl_s=0):
        return b"SET %s %s%s\r\n" % (name, value, b" EX %d" % ttl_s if ttl_s else b"")

    @staticmethod
    def delete_request(name):
        return b"DEL %s\r\n" % name

    @staticmethod
    def options_for(limits):
        memory = [] if not limits.megabytes else [
            "--maxmemory", f"{limits.megabytes + _REDIS_ITSELF_MB}mb",
            "--maxmemory-policy", "allkeys-lru" if limits.evicts else "noeviction"]
        return [*memory,
                *(["--maxclients", str(limits.connections)] if limits.connections else [])]

    @staticmethod
    def warm_options(directory):
        # It writes at its end what it would write at times, so there is one, far away.
        return ["--dir", str(directory), "--save", "86400 1000000"]

    def _command(self):
        return ["redis-server", "--bind", self._network.address(self.number),
                "--port", str(self.port), "--save", "", "--appendonly", "no",
                "--protected-mode", "no", "--loglevel", "warning", *self._options]


_REDIS_ITSELF_MB = 4  # its limit counts its own tables and the buffers of its connections


def _count(text, name):
    """The number behind the name in a list such as `calls=3,usec=5`; 0 if it is not there."""
    return int(text.partition(name)[2].partition(",")[0] or 0)


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
