# SPDX-License-Identifier: BSD-3-Clause
"""What befalls a store as a process: it dies, hangs, returns with old data, or is full."""

import threading

from .fault import Fault

_CHUNK = 50  # items that the filler sends at a time
_SIZES = range(64, 4096, 97)  # so that every class of items has its share


class _OfStore(Fault):
    def __init__(self, store):
        self._store = store

    def in_force(self):
        try:
            return not self._store.answers()
        except OSError:
            return True


class Killed(_OfStore):
    """kill -9; it comes back empty."""

    name = "a killed store"

    def begin(self):
        self._store.kill()

    def end(self):
        self._store.start()


class Hung(_OfStore):
    """SIGSTOP: the kernel still accepts connections and data; nobody answers."""

    name = "a hung store"

    def begin(self):
        self._store.hang()

    def end(self):
        self._store.resume()


class WarmRestart(_OfStore):
    """It ends as it is told to, and comes back with what it had then, old copies and old locks.
    The lab has to be made with warm=True."""

    name = "a warm restart"

    def begin(self):
        self._store.end_warm()

    def end(self):
        self._store.start()


class Full(_OfStore):
    """Somebody else fills the store: it throws sessions away, or refuses new ones. The lab has to
    be made with a small limit for it."""

    name = "a full store"

    def __init__(self, store):
        super().__init__(store)
        self._stop = threading.Event()
        self._filler = threading.Thread(target=self._fill, daemon=True)
        self._lost = 0

    def begin(self):
        self._filler.start()

    def end(self):
        self._stop.set()
        self._filler.join()

    def in_force(self):
        """It has thrown away or refused something since the last look."""
        now = self._store.turned_away()
        grown, self._lost = now > self._lost, now
        return grown

    def _fill(self):
        number = 0
        with self._store.connect() as connection:
            while not self._stop.is_set():
                items = []
                for size in _SIZES:
                    number += 1
                    items.append(self._store.set_request(b"lab-fill-%d" % number, b"x" * size))
                connection.sendall(b"".join(items))
                _read_lines(connection, len(items))
        self._empty(number)

    def _empty(self, count):
        with self._store.connect() as connection:
            for first in range(1, count + 1, _CHUNK):
                last = min(first + _CHUNK, count + 1)
                connection.sendall(b"".join(self._store.delete_request(b"lab-fill-%d" % number)
                                            for number in range(first, last)))
                _read_lines(connection, last - first)


def _read_lines(connection, count):
    while count > 0:
        count -= connection.recv(65536).count(b"\n")


class NoConnections(_OfStore):
    """Somebody else takes every connection that the store allows: who has one keeps it, others are
    turned away. The lab has to be made with a small limit for it."""

    name = "a store at its limit of connections"

    def __init__(self, store):
        super().__init__(store)
        self._taken = []

    def begin(self):
        while not self.in_force():
            self._taken.append(self._store.connect())

    def end(self):
        for connection in self._taken:
            connection.close()
