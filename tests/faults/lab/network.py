# SPDX-License-Identifier: BSD-3-Clause
"""The wires between the hosts.

NamespaceNetwork: every host is a network namespace with a cable (veth) to a router, which is a
namespace too; 10.77.N.1 is host N. All traffic between hosts is forwarded by the router, so
that is where faults are made, with nothing but `ip`:

  black hole, partition   policy rules of type "blackhole": a forwarded packet that matches is
                          dropped without a word, also those of connections that exist already
  delay                   a policy rule sends the packets through a tun device whose other end
                          holds each back for a while (delay_line.py). netem would do it too, but
                          many small kernels lack it, and the device also counts what crosses

LoopbackNetwork: where namespaces cannot be made, host N is 127.0.0.(N+1) and there are no wires
to cut.
"""

import ctypes
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from .waiting import wait_until

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class Network:
    """What both kinds promise."""

    has_wires = False

    def address(self, number):
        raise NotImplementedError

    def command(self, number, command):
        """The command line that runs `command` on host `number`; 0 is the balancer's place."""
        raise NotImplementedError

    def connect(self, number, port, timeout_s):
        """A TCP connection to host `number`, made on that host itself."""
        raise NotImplementedError


class LoopbackNetwork(Network):
    def __init__(self, run, hosts):
        del run, hosts

    def address(self, number):
        return f"127.0.0.{number + 1}"

    def command(self, number, command):
        return command

    def connect(self, number, port, timeout_s):
        return socket.create_connection((self.address(number), port), timeout_s)

    def close(self):
        pass


class NamespaceNetwork(Network):
    has_wires = True

    def __init__(self, run, hosts):
        self._run = run
        self._hosts = hosts
        self._rules = []
        self._delay_line = None
        for number in range(hosts + 1):
            self._ip("netns", "add", self._namespace(number))
            self._inside(number, "link", "set", "lo", "up")
        for number in range(1, hosts + 1):
            self._plug_in(number)
        self._set(0, "net/ipv4/ip_forward", 1)

    def address(self, number):
        return f"10.77.{number}.1"

    def command(self, number, command):
        return ["ip", "netns", "exec", self._namespace(number), *command]

    def connect(self, number, port, timeout_s):
        with self._entered(number):
            return socket.create_connection((self.address(number), port), timeout_s)

    # --- faults ---------------------------------------------------------------------------------

    def black_hole(self, number, port):
        """The other hosts' packets to this port, and its answers, vanish. The host itself still
        reaches it."""
        to = ["to", self.address(number), "ipproto", "tcp", "dport", str(port)]
        back = ["from", self.address(number), "ipproto", "tcp", "sport", str(port)]
        self._drop(to)
        self._drop(back)

    def partition(self, one, other):
        """Nothing passes between two hosts, in either direction. The balancer reaches both."""
        self._drop(["from", self._subnet(one), "to", self._subnet(other)])
        self._drop(["from", self._subnet(other), "to", self._subnet(one)])

    def heal(self):
        """Undoes every black hole and partition."""
        while self._rules:
            self._inside(0, "rule", "del", *self._rules.pop())

    def delay(self, milliseconds):
        """From now on every packet between two hosts takes this much longer, and is counted."""
        table = "77"
        script = str(Path(__file__).with_name("delay_line.py"))
        self._delay_line = self._run.spawn(
            "delay-line", self.command(0, [sys.executable, script, "delay0", str(milliseconds)]))
        wait_until(lambda: self._inside(0, "link", "show", "dev", "delay0", check=False) == 0,
                   "the delay line", 5)
        self._inside(0, "link", "set", "delay0", "up")
        self._set(0, "net/ipv4/conf/all/rp_filter", 0)
        self._set(0, "net/ipv4/conf/delay0/rp_filter", 0)
        self._inside(0, "route", "add", "default", "dev", "delay0", "table", table)
        for number in range(1, self._hosts + 1):
            self._inside(0, "rule", "add", "pref", "50", "iif", f"host{number}",
                         "to", "10.77.0.0/16", "lookup", table)

    def crossed(self):
        """(packets, bytes of IP) that have passed between hosts since delay() was called."""
        with self._entered(0):
            devices = Path("/proc/thread-self/net/dev").read_text()
        line = next(line for line in devices.splitlines() if line.strip().startswith("delay0:"))
        sent = line.partition(":")[2].split()[8:]
        return int(sent[1]), int(sent[0])

    def close(self):
        for number in range(self._hosts + 1):
            self._ip("netns", "del", self._namespace(number), check=False)

    # --- making it ------------------------------------------------------------------------------

    def _plug_in(self, number):
        router = self._namespace(0)
        self._ip("link", "add", "eth0", "netns", self._namespace(number),
                 "type", "veth", "peer", "name", f"host{number}", "netns", router)
        self._inside(number, "addr", "add", f"{self.address(number)}/24", "dev", "eth0")
        self._inside(0, "addr", "add", f"10.77.{number}.254/24", "dev", f"host{number}")
        self._inside(number, "link", "set", "eth0", "up")
        self._inside(0, "link", "set", f"host{number}", "up")
        self._inside(number, "route", "add", "default", "via", f"10.77.{number}.254")

    def _drop(self, selector):
        # After the table of the router's own addresses (0), before the delay line (50).
        rule = ["pref", str(10 + len(self._rules)), *selector, "blackhole"]
        self._inside(0, "rule", "add", *rule)
        self._rules.append(rule)

    def _namespace(self, number):
        name = f"web{number}" if number else "router"
        return self._run.namespace_prefix + name

    @staticmethod
    def _subnet(number):
        return f"10.77.{number}.0/24"

    def _inside(self, number, *arguments, check=True):
        return self._ip("-n", self._namespace(number), *arguments, check=check)

    @staticmethod
    def _ip(*arguments, check=True):
        done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
        return done.returncode

    def _set(self, number, setting, value):
        with self._entered(number):
            Path(f"/proc/sys/{setting}").write_text(f"{value}\n")

    @contextmanager
    def _entered(self, number):
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
