# SPDX-License-Identifier: BSD-3-Clause
"""Stores, sessions and settings of workers."""

import hashlib
import json
from contextlib import contextmanager

from lab.network import LoopbackNetwork
from lab.processes import Run
from lab.store import Store, free_port

BYTES = 1000
LABEL = "scale"
_CONNECTIONS = 2048  # memcached allows 1,024 unless it is told otherwise


class Stores:
    """That many memcacheds, each on a loopback address of its own."""

    def __init__(self, run, count, megabytes=64):
        network = LoopbackNetwork(run, count)
        port = free_port([network.address(number) for number in range(1, count + 1)])
        options = ["-m", str(megabytes), "-t", "1", "-c", str(_CONNECTIONS)]
        self._all = [Store(run, network, number, port, options) for number in range(1, count + 1)]
        for store in self._all:
            store.start()

    @property
    def endpoints(self):
        return [store.endpoint for store in self._all]

    def connections(self):
        """Of workers: besides those who ask, and those on which the store listens."""
        return [int(store.stats()["curr_connections"]) for store in self._all]


@contextmanager
def serving(count, megabytes=64):
    run = Run()
    try:
        yield Stores(run, count, megabytes)
    finally:
        run.close()


def settings(endpoints, copies, **more):
    return {"session.save_handler": "sessmirror", "session.save_path": ",".join(endpoints),
            "sessmirror.redundancy": copies, "sessmirror.local": endpoints[0], **more}


def write_ini(directory, extension, lines):
    """The path of a php.ini."""
    fixed = [f'extension = "{extension}"', "session.use_cookies = 0", 'session.cache_limiter = ""',
             "session.use_strict_mode = 0", "session.gc_probability = 0", "memory_limit = 1G",
             "default_socket_timeout = 600"]  # forked.php's orders come over a socket
    path = directory / "scale.ini"
    path.write_text("\n".join(
        [*fixed, *(f"{name} = {json.dumps(value)}" for name, value in lines.items())]) + "\n")
    return path


def write_ids(directory, name, numbers):
    """The path of a file of these sessions' ids."""
    path = directory / f"{name}.ids"
    path.write_text("".join(f"{hashlib.sha256(b'scale %d' % number).hexdigest()[:32]}\n"
                            for number in numbers))
    return path
