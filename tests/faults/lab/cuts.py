# SPDX-License-Identifier: BSD-3-Clause
"""Wires that are cut: policy rules of type "blackhole" on the router, which drop every forwarded
packet that matches without a word, also those of connections that exist already.
"""

from .fault import Fault

_CUT = "10"  # after the table of the router's own addresses (0), before the lines (50)


class Rules(Fault):
    """A fault that is nothing but rules on the router."""

    def __init__(self, network):
        self._network = network
        self._rules = []

    def begin(self):
        for rule in self._selectors():
            self._network.add_rule(0, *rule)
            self._rules.append(rule)

    def end(self):
        while self._rules:
            self._network.remove_rule(0, *self._rules.pop())

    def _selectors(self):
        raise NotImplementedError

    def _between(self, one, other):
        return ["from", self._network.subnet(one), "to", self._network.subnet(other)]


class OneWayCut(Rules):
    """Packets from one host to the other vanish; those the other way arrive."""

    name = "a cut of one direction"

    def __init__(self, network, one, other):
        super().__init__(network)
        self._one, self._other = one, other

    def _selectors(self):
        return [["pref", _CUT, *self._between(self._one, self._other), "blackhole"]]

    def in_force(self):
        return (not self._network.passes(self._one, self._other)
                and self._network.passes(self._other, self._one))


class Partition(OneWayCut):
    """Nothing passes between two hosts, in either direction. The balancer reaches both."""

    name = "a partition"

    def _selectors(self):
        return [*super()._selectors(),
                ["pref", _CUT, *self._between(self._other, self._one), "blackhole"]]

    def in_force(self):
        return not (self._network.passes(self._one, self._other)
                    or self._network.passes(self._other, self._one))


class BlackHole(Rules):
    """The other hosts' packets to a store, and its answers, vanish. Its own host reaches it."""

    name = "a black hole"

    def __init__(self, network, store):
        super().__init__(network)
        self._store = store

    def _selectors(self):
        address, port = self._network.address(self._store.number), str(self._store.port)
        return [["pref", _CUT, "to", address, "ipproto", "tcp", "dport", port, "blackhole"],
                ["pref", _CUT, "from", address, "ipproto", "tcp", "sport", port, "blackhole"]]

    def in_force(self):
        return not self._store.accepts_from(self._store.neighbour) and self._store.answers()


class _OfConnections(BlackHole):
    """What befalls connections that were made before; one of the lab's own is among them."""

    def __init__(self, network, store):
        super().__init__(network, store)
        self._probe = None

    def begin(self):
        self._probe = self._store.open_probe(self._store.neighbour)
        super().begin()

    def end(self):
        super().end()
        self._probe.close()
        self._probe = None


class RepliesLost(_OfConnections):
    """The other hosts' requests reach a store and are carried out; its answers vanish."""

    name = "a loss of all replies"

    def _selectors(self):
        return super()._selectors()[1:]

    def in_force(self):
        """What is sent over a connection from before is carried out, and not answered."""
        return (not self._store.accepts_from(self._store.neighbour)
                and self._probe.is_carried_out() and not self._probe.is_answered())


class Forgotten(_OfConnections):
    """A firewall has forgotten the connections that a host has to a store, as it does with those
    that are idle: their packets vanish, both ways. New connections are made."""

    name = "a firewall that has forgotten"

    def _selectors(self):
        store = self._store
        address, port = self._network.address(store.number), str(store.port)
        for own in map(str, self._network.ports_to(store.number, store.port, store.neighbour)):
            yield ["pref", _CUT, "to", address, "ipproto", "tcp", "sport", own, "dport", port,
                   "blackhole"]
            yield ["pref", _CUT, "from", address, "ipproto", "tcp", "sport", port, "dport", own,
                   "blackhole"]

    def in_force(self):
        return (self._probe is not None and self._store.accepts_from(self._store.neighbour)
                and not self._probe.is_carried_out())
