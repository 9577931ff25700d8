# SPDX-License-Identifier: BSD-3-Clause
"""Whether the sessions really are where they should be, asked of the stores themselves."""

import collections
import ctypes
import re
import zlib
from urllib.parse import unquote_to_bytes

from lab.waiting import Overdue, wait_until

_PATIENCE_S = 2  # some handlers do not wait for their mirrors
_HEADER = 40
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class WrongCopies(Exception):
    """A session is not stored on as many stores as it should be, or with other contents."""


def verify(team):
    """Every session, with its present counter, is held by exactly as many stores as promised.
    Returns the mean number of copies, which only `writes_late` contenders may leave below that."""
    promised = team.contender.copies
    if not promised:
        return 0
    try:
        wait_until(lambda: set(copies_of_all(team)) == {promised}, "all copies", _PATIENCE_S)
    except Overdue:
        pass
    copies = copies_of_all(team)
    for number, found in enumerate(copies):
        if not (1 if team.contender.writes_late else promised) <= found <= promised:
            raise WrongCopies(f"{_who(team, number)} with counter {team.counter} is on {found} "
                              f"stores, not on {promised}")
    return sum(copies) / len(copies)


def copies_of_all(team):
    """For each session, how many stores hold it with its present counter."""
    found = collections.Counter()
    for store in team.site.stores(team.contender.engine):
        found.update(_sessions_in(team, store))
    return [found[number] for number in range(team.sessions)]


def _sessions_in(team, store):
    """The numbers of the sessions whose present state a store holds."""
    head = re.compile(rb'who\|s:\d+:"%s-(\d{5})";n\|i:%d;'
                      % (re.escape(team.label.encode()), team.counter))
    with team.site.network.connect(store.number, store.port, 5) as connection:
        stream = connection.makefile("rwb")
        read = _redis_values if store.engine == "redis" else _memcached_values
        return {int(at[1]) for value in read(stream, team) if (at := head.search(value))}


def _who(team, number):
    return f"{team.label}-{number:05}"


def _memcached_values(stream, team):
    for key in filter(team.may_be_key, _memcached_keys(stream)):
        _say(stream, b"mg " + key + b" v\r\n")
        reply = stream.readline().split()
        if reply[0] != b"VA":
            continue  # it expired in between
        yield _inflated(stream.read(int(reply[1])))
        stream.readline()


def _memcached_keys(stream):
    """By the hash table: a list along the queues lacks items that move between them meanwhile."""
    keys = []
    line = b"BUSY"
    while line != b"END":
        if line.startswith(b"BUSY"):  # one list at a time, and memcached makes some itself
            _say(stream, b"lru_crawler metadump hash\r\n")
        elif line.startswith(b"key="):
            keys.append(unquote_to_bytes(line.split()[0][len(b"key="):]))
        line = stream.readline().strip()
    return keys


def _redis_values(stream, team):
    _say(stream, b"KEYS *\r\n")
    keys = [_bulk(stream) for _ in range(int(stream.readline()[1:]))]
    for key in filter(team.may_be_key, keys):
        _say(stream, b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(key), key))
        yield _bulk(stream)


def _bulk(stream):
    size = int(stream.readline()[1:])
    value = stream.read(size)
    stream.readline()
    return value


def _say(stream, command):
    stream.write(command)
    stream.flush()


def _inflated(value):
    """Some handlers compress large sessions; sessmirror what follows its header, see docs/format.md."""
    if value[_HEADER:].startswith(_ZSTD_MAGIC):
        return _unpacked(value[_HEADER:])
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value


def _unpacked(frame):
    """By the library that made it: Python has none for zstd."""
    zstd = ctypes.CDLL("libzstd.so.1")
    zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
    zstd.ZSTD_decompress.restype = ctypes.c_size_t
    size = zstd.ZSTD_getFrameContentSize(frame, ctypes.c_size_t(len(frame)))
    content = ctypes.create_string_buffer(size)
    made = zstd.ZSTD_decompress(content, ctypes.c_size_t(size), frame, ctypes.c_size_t(len(frame)))
    return content.raw[:made]
