# SPDX-License-Identifier: BSD-3-Clause
"""The session handlers that the lab can run: this project's, and the ones to compare it with."""

from dataclasses import dataclass, field, replace

from .store import ENGINES


@dataclass(frozen=True)
class Handler:
    """How one handler is configured for replicated sessions on every store of the site."""

    name: str  # session.save_handler
    extensions: tuple
    engine: str = "memcached"
    entry: str = "tcp://{}"
    ini: dict = field(default_factory=dict)
    replica_setting: tuple = ()  # (directive, what to add to the number of stores)

    def over(self, engine):
        """This project's handler takes stores of each engine, the others have one."""
        if self.name != "sessmirror":
            return self
        return replace(self, engine=engine, entry=f"{ENGINES[engine].scheme}://{{}}")

    def save_path(self, endpoints):
        return ",".join(self.entry.format(endpoint) for endpoint in endpoints)

    def settings(self, endpoints):
        """php.ini lines, the same on every host."""
        settings = {"session.save_handler": self.name,
                    "session.save_path": self.save_path(endpoints), **self.ini}
        if self.replica_setting:
            directive, extra = self.replica_setting
            settings[directive] = len(endpoints) + extra
        return settings


_MEMCACHED = {"memcached.sess_binary_protocol": 1, "memcached.sess_remove_failed_servers": 1}
_MEMCACHED_PARTS = ("igbinary.so", "msgpack.so", "memcached.so")
_MEMCACHED_REPLICAS = ("memcached.sess_number_of_replicas", -1)

FILES = Handler("files", ())  # of PHP itself: in one folder

HANDLERS = {
    "sessmirror": Handler("sessmirror", ("sessmirror.so",)),
    "sessmirror-optimistic": Handler("sessmirror", ("sessmirror.so",),
                                     ini={"sessmirror.locking": "optimistic"}),
    "memcache": Handler("memcache", ("memcache.so",),
                        replica_setting=("memcache.session_redundancy", 0)),
    "memcached": Handler("memcached", _MEMCACHED_PARTS, entry="{}", ini=_MEMCACHED,
                         replica_setting=_MEMCACHED_REPLICAS),
    "memcached-no-lock": Handler("memcached", _MEMCACHED_PARTS, entry="{}",
                                 ini={**_MEMCACHED, "memcached.sess_locking": 0},
                                 replica_setting=_MEMCACHED_REPLICAS),
    "redis": Handler("redis", ("igbinary.so", "redis.so"), engine="redis",
                     entry="tcp://{}?timeout=2&read_timeout=2"),  # without: a minute
}
