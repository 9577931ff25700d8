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
    """`copies`: how many stores must hold each session; 0 where they are in a directory of the host.
    `writes_late`: the copies beyond the first are sent at some later time, and by nobody waited
    for, so that they cannot be asked for after the last cycle.
    `told_of`: how many stores it is told of; without it as many as it makes copies, two at least.
    `is_variant`: another number of copies, or polling; measured with few kinds and sizes only.
    `from_kilobytes`: it does not differ from another contender with smaller sessions."""

    name: str
    title: str
    copies: int
    extensions: tuple = ()
    engine: str = "memcached"
    told_of: int = 0
    entry: str = "tcp://{}"
    ini: dict = field(default_factory=dict)
    writes_late: bool = False
    floor_locking: str = ""  # set: the floor program, with "on", "off" or "blind"
    is_variant: bool = False
    from_kilobytes: float = 0

    @property
    def handler(self):
        return self.ini.get("session.save_handler")

    @property
    def is_peer(self):
        """Somebody else's handler, which may refuse what it is asked."""
        return self.handler not in (None, "sessmirror", "files")

    @property
    def stores(self):
        """How many it is told of."""
        return self.told_of or max(2, self.copies)

    def settings(self, endpoints, directory):
        """The php.ini settings, the same on both hosts."""
        save_path = ",".join(self.entry.format(place)
                             for place in (endpoints if self.copies else [directory]))
        return {**_COMMON, "session.save_path": save_path, **self.ini}


def _memcached(name, title, copies=2, writes_late=False, **ini):
    settings = {f"memcached.{directive}": value for directive, value in ini.items()}
    return Contender(name, title, copies, ("igbinary.so", "msgpack.so", "memcached.so"), entry="{}",
                     ini={"session.save_handler": "memcached",
                          "memcached.sess_binary_protocol": 1,
                          "memcached.sess_number_of_replicas": 1, **settings},
                     writes_late=writes_late)


def _redis(name, title, locking, told_of=0, entry="tcp://{}"):
    return Contender(name, title, 1, ("igbinary.so", "redis.so"), "redis", told_of, entry,
                     ini={"session.save_handler": "redis",
                          "redis.session.locking_enabled": locking})


def _sessmirror(name, title, locking, copies=2, is_variant=False, writes_late=False,
                from_kilobytes=0, engine="memcached", **ini):
    settings = {f"sessmirror.{directive}": value for directive, value in ini.items()}
    return Contender(name, title, copies, ("sessmirror.so",), engine,
                     entry="redis://{}" if engine == "redis" else "tcp://{}",
                     ini={"session.save_handler": "sessmirror", "sessmirror.redundancy": copies,
                          "sessmirror.locking": locking, **settings},
                     is_variant=is_variant, writes_late=writes_late, from_kilobytes=from_kilobytes)


_LOCKING = {"on": "sessmirror, locking on", "optimistic": "sessmirror, optimistic",
            "off": "sessmirror, locking off"}
_FURTHER_COPIES = (1, 3, 5)


def _embedded(locking):
    """Without copies to count: both workers share the files of one host, as they do with `files`."""
    return Contender(f"sessmirror-embedded-{locking}",
                     f"sessmirror, embedded, locking {locking}, one host", 0, ("sessmirror.so",),
                     entry="lmdb://{}",
                     ini={"session.save_handler": "sessmirror", "sessmirror.locking": locking})


def _variants():
    for locking, title in _LOCKING.items():
        for copies in _FURTHER_COPIES:
            yield _sessmirror(f"sessmirror-{locking}-{copies}",
                              f"{title}, {copies} {'copy' if copies == 1 else 'copies'}",
                              locking, copies, is_variant=True)
    for locking in ("on", "off"):
        yield _sessmirror(f"sessmirror-{locking}-poll", f"{_LOCKING[locking]}, polling for 50 µs",
                          locking, is_variant=True, poll_us=50)


CONTENDERS = {
    contender.name: contender
    for contender in (
        _sessmirror("sessmirror-on", _LOCKING["on"], "on"),
        Contender("floor-on", "C floor, same traffic with lock", 2, floor_locking="on"),
        _sessmirror("sessmirror-optimistic", _LOCKING["optimistic"], "optimistic"),
        _sessmirror("sessmirror-off", _LOCKING["off"], "off"),
        Contender("floor-off", "C floor, same traffic without lock", 2, floor_locking="off"),
        Contender("floor-blind", "C floor, two blind writes, nothing read", 2, floor_locking="blind"),
        # What is not waited for, the other host may not find yet: it asks whether it has the newest.
        _sessmirror("sessmirror-off-one", f"{_LOCKING['off']}, one copy acknowledged, probe", "off",
                    writes_late=True, ack="one", freshness="probe"),
        *(_sessmirror(f"sessmirror-{locking}-zstd", f"{_LOCKING[locking]}, zstd", locking,
                      from_kilobytes=10, compression="zstd") for locking in ("on", "off")),
        *(_sessmirror(f"sessmirror-{locking}-redis", f"{_LOCKING[locking]}, over Redis", locking,
                      engine="redis") for locking in ("on", "off")),
        Contender("memcache", "memcache, redundancy 2, persistent", 2, ("memcache.so",),
                  entry="tcp://{}?persistent=1",
                  ini={"session.save_handler": "memcache", "memcache.session_redundancy": 2}),
        _memcached("memcached-lock", "memcached, lock"),
        # With a replica it fails: the answer to the deletion of the lock's copy, which does not exist,
        # is taken for that to the next command.
        _memcached("memcached-persistent-lock", "memcached, persistent, lock, one copy", copies=1,
                   sess_persistent=1, sess_number_of_replicas=0),
        _memcached("memcached-nolock", "memcached, no lock", sess_locking=0),
        _memcached("memcached-persistent", "memcached, persistent, no lock",
                   writes_late=True, sess_locking=0, sess_persistent=1),
        # Told of two, it leaves locks of closed sessions behind, and then waits for them.
        _redis("redis-lock", "redis, lock, one store", 1, told_of=1),
        _redis("redis-nolock", "redis, no lock", 0),
        _redis("redis-persistent", "redis, persistent, no lock", 0, entry="tcp://{}?persistent=1"),
        *(_embedded(locking) for locking in ("on", "off")),
        Contender("files", "files on tmpfs, one host", 0, entry="{}",
                  ini={"session.save_handler": "files"}),
        *_variants(),
    )
}
