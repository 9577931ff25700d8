# SPDX-License-Identifier: BSD-3-Clause
"""The wires between the hosts.

NamespaceNetwork: every host is a network namespace with a cable (veth) to a router, which is a
namespace too; 10.77.N.1 is host N. All traffic between hosts is forwarded by the router, so
that is where the faults are made (cuts.py, lines.py), with nothing but policy rules of `ip`.

LoopbackNetwork: where namespaces cannot be made, host N is 127.0.0.(N+1) and there are no wires
to cut.
"""

import ctypes
import os
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_ESTABLISHED = "01"  # in /proc/net/tcp
_libc = ctypes.CDLL(None, use_errno=True)


class Network:
    """What both kinds promise."""

    has_wires = False

    def address(self, number):
        raise NotImplementedError

    def command(self, number, command):
        """The command line that runs `command` on host `number`; 0 is the balancer's place."""
        raise NotImplementedError

    def connect(self, number, port, timeout_s, source=None):
        """A TCP connection to host `number`, made on that host itself or on host `source`."""
        raise NotImplementedError


class LoopbackNetwork(Network):
    def __init__(self, run, hosts):
        del run, hosts

    def address(self, number):
        return f"127.0.0.{number + 1}"

    def command(self, number, command):
        return command

    def connect(self, number, port, timeout_s, source=None):
        return socket.create_connection((self.address(number), port), timeout_s)

    def close(self):
        pass


class NamespaceNetwork(Network):
    has_wires = True

    def __init__(self, run, hosts):
        self._run = run
        self.numbers = range(1, hosts + 1)
        for number in [0, *self.numbers]:
            self._ip("netns", "add", self._namespace(number))
            self.ip(number, "link", "set", "lo", "up")
            # Where the machine looks whether it could answer, a cut of one direction is one of both.
            for scope in ("all", "default"):
                self.set(number, f"net/ipv4/conf/{scope}/rp_filter", 0)
        for number in self.numbers:
            self._plug_in(number)
        self.set(0, "net/ipv4/ip_forward", 1)

    def address(self, number):
        return f"10.77.{number}.1"

    def command(self, number, command):
        return ["ip", "netns", "exec", self._namespace(number), *command]

    def connect(self, number, port, timeout_s, source=None):
        with self.entered(source or number):
            return socket.create_connection((self.address(number), port), timeout_s)

    def subnet(self, number):
        return f"10.77.{number}.0/24"

    def add_rule(self, number, *rule):
        """A policy rule on host `number`; 0 is the router."""
        self.ip(number, "rule", "add", *rule)

    def remove_rule(self, number, *rule):
        self.ip(number, "rule", "del", *rule)

    def passes(self, one, other, within_s=0.25):
        """Whether a datagram of host `one` reaches host `other`."""
        return self.arriving(one, other, 1, within_s) == 1

    def arriving(self, one, other, count, within_s=0.25):
        """How many of `count` datagrams reach the other host; each has so long to do it."""
        with self.entered(other):
            ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            ear.bind((self.address(other), 0))
        with self.entered(one):
            mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with ear, mouth:
            ear.settimeout(within_s)
            for _ in range(count):
                mouth.sendto(b"?", ear.getsockname())
            arrived = 0
            try:
                while arrived < count:
                    ear.recv(16)
                    arrived += 1
            except TimeoutError:
                pass
            return arrived

    def ports_to(self, number, port, source):
        """The ports of the connections from host `source` to a port of host `number`."""
        there = socket.inet_aton(self.address(number))[::-1].hex().upper() + f":{port:04X}"
        with self.entered(source):
            rows = Path("/proc/thread-self/net/tcp").read_text().splitlines()[1:]
        words = (row.split() for row in rows)
        return [int(row[1].split(":")[1], 16) for row in words
                if row[2] == there and row[3] == _ESTABLISHED]

    def close(self):
        for number in [0, *self.numbers]:
            self._ip("netns", "del", self._namespace(number), check=False)

    # --- making it ------------------------------------------------------------------------------

    def _plug_in(self, number):
        router = self._namespace(0)
        self._ip("link", "add", "eth0", "netns", self._namespace(number),
                 "type", "veth", "peer", "name", f"host{number}", "netns", router)
        self.ip(number, "addr", "add", f"{self.address(number)}/24", "dev", "eth0")
        self.ip(0, "addr", "add", f"10.77.{number}.254/24", "dev", f"host{number}")
        self.ip(number, "link", "set", "eth0", "up")
        self.ip(0, "link", "set", f"host{number}", "up")
        self.ip(number, "route", "add", "default", "via", f"10.77.{number}.254")

    def _namespace(self, number):
        name = f"web{number}" if number else "router"
        return self._run.namespace_prefix + name

    def ip(self, number, *arguments, check=True):
        """`ip` on host `number`; its exit code."""
        return self._ip("-n", self._namespace(number), *arguments, check=check)

    @staticmethod
    def _ip(*arguments, check=True):
        done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
        return done.returncode

    def set(self, number, setting, value):
        """A setting below /proc/sys."""
        with self.entered(number):
            Path(f"/proc/sys/{setting}").write_text(f"{value}\n")

    @contextmanager
    def entered(self, number):
        """This thread alone is on that host for a moment; sockets made there stay there."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self._namespace(number)}", os.O_RDONLY)
        try:
            _set_namespace(there)
            yield
        finally:
            _set_namespace(home)
            os.close(there)
            os.close(home)


def _set_namespace(descriptor):
    if _libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "cannot change the network namespace")


def can_make_namespaces(run):
    name = run.namespace_prefix + "probe"
    if os.geteuid() != 0:
        return False
    try:
        made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    if made.returncode == 0:
        subprocess.run(["ip", "netns", "del", name], check=False)
    return made.returncode == 0
