# SPDX-License-Identifier: BSD-3-Clause
"""Five hosts with a memcached each, and a redis on the first two, where the workers are; nothing else
is on the wires between them."""

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from . import BENCHMARKS

from lab.lines import LongWire  # noqa: E402  (the package above sets the path)
from lab.network import NamespaceNetwork
from lab.processes import Run, remove_leftovers
from lab.store import RedisStore, Store

HOSTS = (1, 2)  # with workers
_STORE_HOSTS = {"memcached": (1, 2, 3, 4, 5), "redis": HOSTS}
_ALL_HOSTS = _STORE_HOSTS["memcached"]
_MEGABYTES = 2048
_LOSSES = ("evictions", "slab_reassign_evictions_nomem", "slab_reassign_busy_deletes")
_SILENCE_S = 0.06
_EXCHANGES = 20
_LINK_HEADER = 14  # bytes of Ethernet that the device counts with each packet
_PORTS = {"memcached": 11211, "redis": 6379}
# Address resolution is done once and then believed, so that it is not counted.
_QUIET = ("net.ipv6.conf.{}.disable_ipv6=1", "net.ipv4.neigh.{}.base_reachable_time_ms=86400000")


class RoomyStore(Store):
    """Holds all contenders' sessions at once: what is evicted cannot be measured."""

    def _command(self):
        command = super()._command()
        command[command.index("-m") + 1] = str(_MEGABYTES)
        # A page that moves to items of another size can lose what is on it.
        return [*command, "-o", "slab_automove=0"]


class Site:
    """A context manager. With `delay_ms`, packets from host to host take that long each way."""

    def __init__(self, delay_ms=0):
        self._delay_ms = delay_ms
        self.run = self.network = None
        self._stores = {}

    def __enter__(self):
        remove_leftovers()
        self.run = Run()
        self.files = Path(tempfile.mkdtemp(prefix="sessmirror-bench.", dir="/dev/shm"))
        try:
            self.network = NamespaceNetwork(self.run, len(_ALL_HOSTS))
            self._calm_the_wire()
            self._start_stores()
            if self._delay_ms:
                LongWire(self.run, self.network, self._delay_ms).begin()
            self._resolve_addresses()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.run.close()
        shutil.rmtree(self.files, ignore_errors=True)
        if self.network:
            self.network.close()

    def stores(self, engine):
        return self._stores[engine]

    def endpoints(self, contender):
        """The stores that a contender is told of."""
        return [store.endpoint for store in self._stores[contender.engine][:contender.stores]]

    def restart_stores(self, engine):
        """They are empty then."""
        for store in self._stores[engine]:
            if store.running:
                store.kill()
            store.start()

    def check_nothing_evicted(self):
        """A store that was too small would have been measured as something else."""
        for store in self._stores["memcached"]:
            stats = store.stats()
            lost = {name: stats[name] for name in _LOSSES if int(stats.get(name, 0))}
            if lost:
                raise RuntimeError(f"{store.name} has lost items: {lost}")

    def exchanges_ms(self):
        """How long it takes to ask the store of the other host for nothing, some times."""
        with self.network.connect(2, _PORTS["memcached"], 5, source=1) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return [_no_op_ms(connection) for _ in range(_EXCHANGES)]

    def on(self, host, command):
        """What a command prints, run on a host."""
        return subprocess.run(self.network.command(host, command), check=True, text=True,
                              stdout=subprocess.PIPE).stdout

    def wire(self):
        """(packets, bytes of IP) that hosts have sent each other so far: what the router has received,
        which is every packet once."""
        with self.network.entered(0):
            devices = Path("/proc/thread-self/net/dev").read_text()
        packets = size = 0
        for line in devices.splitlines():
            name, _, numbers = line.partition(":")
            if name.strip().startswith("host"):
                received = [int(number) for number in numbers.split()[:2]]
                packets += received[1]
                size += received[0]
        return packets, size - packets * _LINK_HEADER

    def settled_wire(self):
        """wire(), once nothing crosses any more: acknowledgements may come 40 ms late."""
        seen, since = self.wire(), time.monotonic()
        while time.monotonic() - since < _SILENCE_S:
            now = self.wire()
            if now != seen:
                seen, since = now, time.monotonic()
        return seen

    def _calm_the_wire(self):
        for host in _ALL_HOSTS:
            for number, device in ((host, "eth0"), (0, f"host{host}")):
                for setting in _QUIET:
                    self.on(number, ["sysctl", "-q", "-w", setting.format(device)])

    def _start_stores(self):
        for kind in (RoomyStore, RedisStore):
            self._stores[kind.engine] = [kind(self.run, self.network, host, _PORTS[kind.engine])
                                         for host in _STORE_HOSTS[kind.engine]]
            for store in self._stores[kind.engine]:
                store.start()

    def _resolve_addresses(self):
        """Beforehand, so that it is not counted."""
        for host in _ALL_HOSTS[1:]:
            self.network.connect(host, _PORTS["memcached"], 5, source=1).close()


def _no_op_ms(connection):
    begin = time.perf_counter()
    connection.sendall(b"mn\r\n")
    connection.recv(64)
    return 1e3 * (time.perf_counter() - begin)


def build_floor(directory):
    """Compiles floor.cpp; returns the program's path."""
    program = Path(directory) / "floor"
    subprocess.run(["c++", "-std=c++20", "-O2", "-o", program, BENCHMARKS / "floor.cpp"],
                   check=True)
    return program
