# SPDX-License-Identifier: BSD-3-Clause
"""Who is compared: each a program that makes session cycles, and the settings it is given."""

from dataclasses import dataclass, field

# What concerns all handlers alike: a worker has no browser, so nothing is sent to one.
_COMMON = {
    "session.use_cookies": 0,
    "session.cache_limiter": "",
    "session.gc_probability": 0,
    "session.gc_maxlifetime": 1440,
    "session.lazy_write": 1,
    "session.use_strict_mode": 0,
    "session.serialize_handler": "php",
    "display_errors": "stderr",
    "error_reporting": -1,
    "memory_limit": "512M",
}


@dataclass(frozen=True)
class Contender:
    """`copies`: how many stores must hold each session; 0 where no store is involved.
    `writes_late`: the copies beyond the first are sent at some later time, and by nobody waited
    for, so that they cannot be asked for after the last cycle."""

    name: str
    title: str
    copies: int
    extensions: tuple = ()
    engine: str = "memcached"
    entry: str = "tcp://{}"
    ini: dict = field(default_factory=dict)
    writes_late: bool = False
    floor_locking: str = ""  # set: the floor program, with "on" or "off"

    @property
    def handler(self):
        return self.ini.get("session.save_handler")

    def settings(self, endpoints, directory):
        """The php.ini settings, the same on both hosts."""
        save_path = ",".join(self.entry.format(endpoint) for endpoint in endpoints)
        if self.handler == "files":
            save_path = str(directory)
        return {**_COMMON, "session.save_path": save_path, **self.ini}


def _memcached(name, title, writes_late=False, **ini):
    settings = {f"memcached.{directive}": value for directive, value in ini.items()}
    return Contender(name, title, 2, ("igbinary.so", "msgpack.so", "memcached.so"), entry="{}",
                     ini={"session.save_handler": "memcached",
                          "memcached.sess_binary_protocol": 1,
                          "memcached.sess_number_of_replicas": 1, **settings},
                     writes_late=writes_late)


def _sessmirror(name, title, locking):
    return Contender(name, title, 2, ("sessmirror.so",),
                     ini={"session.save_handler": "sessmirror", "sessmirror.redundancy": 2,
                          "sessmirror.locking": locking})


CONTENDERS = {
    contender.name: contender
    for contender in (
        _sessmirror("sessmirror-on", "sessmirror, locking on", "on"),
        Contender("floor-on", "C floor, same traffic with lock", 2, floor_locking="on"),
        _sessmirror("sessmirror-optimistic", "sessmirror, optimistic", "optimistic"),
        _sessmirror("sessmirror-off", "sessmirror, locking off", "off"),
        Contender("floor-off", "C floor, same traffic without lock", 2, floor_locking="off"),
        Contender("memcache", "memcache, redundancy 2, persistent", 2, ("memcache.so",),
                  entry="tcp://{}?persistent=1",
                  ini={"session.save_handler": "memcache", "memcache.session_redundancy": 2}),
        _memcached("memcached-lock", "memcached, lock"),
        _memcached("memcached-nolock", "memcached, no lock", sess_locking=0),
        _memcached("memcached-persistent", "memcached, persistent, no lock",
                   writes_late=True, sess_locking=0, sess_persistent=1),
        Contender("redis-nolock", "redis, no lock", 1, ("igbinary.so", "redis.so"), "redis",
                  ini={"session.save_handler": "redis", "redis.session.locking_enabled": 0}),
        Contender("files", "files on tmpfs, one host", 0,
                  ini={"session.save_handler": "files"}),
    )
}
