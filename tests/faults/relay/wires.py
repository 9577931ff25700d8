# SPDX-License-Identifier: BSD-3-Clause
"""The two protocols as far as a front needs them: where a request or an answer ends, what it is
about, and how an answer would look that told of another value."""

import asyncio
import re
from dataclasses import dataclass

from .records import fingerprint

_SESSION = re.compile(rb"^[A-Za-z0-9_.:-]*?[A-Za-z0-9_-]{32}$")
_SPLIT = 1 << 31


@dataclass(frozen=True)
class Request:
    """`kind`: greeting, read, put, claim, release, touch, probe, life, settings, list, other."""

    raw: bytes
    kind: str
    key: bytes = b""
    value: bytes | None = None  # what is to be stored

    @property
    def names_session(self):
        return bool(_SESSION.match(self.key))


@dataclass(frozen=True)
class Answer:
    raw: bytes
    value: bytes | None = None  # what is stored under the key, as far as the answer has it


class Memcached:
    """The meta protocol, and the words of the old one that are in use."""

    _KINDS = {b"version": "greeting", b"mn": "probe", b"stats": "life", b"lru_crawler": "list"}
    errors = b"SERVER_ERROR out of memory storing object\r\n"

    @staticmethod
    async def read_request(reader):
        line = await reader.readuntil(b"\r\n")
        words = line.split()
        verb, key = words[0], words[1] if len(words) > 1 else b""
        if verb == b"ms":
            data = await reader.readexactly(int(words[2]) + 2)
            kind = "claim" if key.endswith(b".l") else "put"
            return Request(line + data, kind, key, data[:-2])
        if verb == b"stats" and key == b"settings":
            return Request(line, "settings")
        kind = {b"mg": "touch" if b" T" in line else "read", b"md": "release"}.get(verb)
        if kind:
            return Request(line, kind, key)
        return Request(line, Memcached._KINDS.get(verb, "other"))

    @staticmethod
    async def read_answer(reader, request):
        line = await reader.readuntil(b"\r\n")
        if line.startswith(b"VA "):
            data = await reader.readexactly(int(line.split()[1]) + 2)
            return Answer(line + data, data[:-2])
        lines = [line]
        if request.kind in ("life", "settings"):  # the lines of a list end in LF, all but the last
            while lines[-1].startswith(b"STAT "):
                lines.append(await reader.readuntil(b"\r\n"))
        return Answer(b"".join(lines))

    @staticmethod
    def telling(request, answer, value):
        """The answer as it would be if that value were stored under the key."""
        line = answer.raw[:answer.raw.index(b"\r\n")]
        words = line.split()
        if request.kind != "read" or words[0] not in (b"VA", b"HD"):
            return answer.raw
        flags = [_flag(word, value) for word in words[2 if words[0] == b"VA" else 1:]]
        if words[0] == b"HD":
            return b" ".join([b"HD", *flags]) + b"\r\n"
        return b" ".join([b"VA", b"%d" % len(value), *flags]) + b"\r\n" + value + b"\r\n"

    @staticmethod
    def with_flag(answer, letter, text):
        """With another argument of a flag in its first line, where it has that flag."""
        line, end, rest = answer.raw.partition(b"\r\n")
        return re.sub(rb" %s\S*" % letter, b" " + letter + text, line) + end + rest

    @staticmethod
    def announcing(size, of):
        """The beginning of an answer with a value of so many bytes: to that question, or instead of
        that answer."""
        return b"VA %d f1 t100 c5%s\r\n" % (size, _opaque(of))

    @staticmethod
    def outcome(request, stored):
        """Of a put."""
        return Answer((b"HD c77%s\r\n" if stored else b"EX%s\r\n") % _opaque(request))

    @staticmethod
    def locked(request, answer, owner):
        """The answer as if that owner had the lock."""
        if request.kind == "claim":
            return b"NS%s\r\n" % _opaque(request)
        if request.kind == "read" and request.key.endswith(b".l"):
            return b"VA %d c5%s\r\n%s\r\n" % (len(owner), _opaque(request), owner)
        return answer.raw


def _opaque(message):
    found = re.search(rb" O\d+", message.raw[:message.raw.index(b"\r\n")])
    return found.group() if found else b""


def _flag(word, value):
    if word[:1] != b"f":
        return word
    return b"f%d" % (int(word[1:]) & _SPLIT | fingerprint(value))


class Redis:
    """RESP 2. The scripts of src/store/redis/scripts.h are known by their number of arguments."""

    _KINDS = {b"GET": "read", b"GETRANGE": "read", b"PTTL": "ttl", b"EXPIRE": "touch",
              b"SCRIPT": "greeting", b"INFO": "life", b"SCAN": "list", b"PING": "probe"}
    _SCRIPTS = {3: "claim", 5: "put", 1: "release"}
    errors = b"-ERR out of order\r\n"

    @staticmethod
    async def read_request(reader):
        line = await reader.readuntil(b"\r\n")
        raw, words = [line], []
        for _ in range(int(line[1:])):
            size = await reader.readuntil(b"\r\n")
            data = await reader.readexactly(int(size[1:]) + 2)
            raw += [size, data]
            words.append(data[:-2])
        raw = b"".join(raw)
        if words[0].startswith(b"EVAL") and words[2] == b"0":
            return Request(raw, "probe")
        if words[0].startswith(b"EVAL"):
            kind = Redis._SCRIPTS.get(len(words) - 4, "other")
            return Request(raw, kind, words[3], words[5] if kind == "put" else None)
        kind = Redis._KINDS.get(words[0], "other")
        return Request(raw, kind, words[1] if len(words) > 1 else b"")

    @staticmethod
    async def read_answer(reader, request):
        raw = await _read_resp(reader)
        return Answer(raw, _value_in(request, raw))

    @staticmethod
    def telling(request, answer, value):
        if request.kind == "read" and answer.value is not None:
            return _bulk(value[:40] if b"GETRANGE" in request.raw else value)
        if request.kind == "claim" and answer.value:
            owner, ttl, _ = _elements(answer.raw)
            return b"*3\r\n" + owner + ttl + _bulk(value[:len(answer.value)])
        return answer.raw

    @staticmethod
    def announcing(size, of):
        del of
        return b"$%d\r\n" % size

    @staticmethod
    def outcome(request, stored):
        del request
        return Answer(b":0\r\n" if stored else b":1\r\n")

    @staticmethod
    def locked(request, answer, owner):
        if request.kind != "claim" or answer.raw[:1] != b"*":
            return answer.raw
        return b"*3\r\n" + _bulk(owner) + b"".join(_elements(answer.raw)[1:])

    @staticmethod
    def invented(raw):
        return Answer(raw)


def _bulk(value):
    return b"$%d\r\n%s\r\n" % (len(value), value)


async def _read_resp(reader):
    line = await reader.readuntil(b"\r\n")
    if line[:1] == b"$" and line[1:2] != b"-":
        return line + await reader.readexactly(int(line[1:]) + 2)
    if line[:1] == b"*" and line[1:2] != b"-":
        return line + b"".join([await _read_resp(reader) for _ in range(int(line[1:]))])
    return line


def _elements(raw):
    """Those of an array without arrays in it, as they stand there."""
    rest, found = raw[raw.index(b"\r\n") + 2:], []
    while rest:
        line = rest[:rest.index(b"\r\n") + 2]
        size = len(line) + (int(line[1:]) + 2 if line[:1] == b"$" and line[1:2] != b"-" else 0)
        found.append(rest[:size])
        rest = rest[size:]
    return found


def _value_in(request, raw):
    """The session's bytes in the answer of a GET, or at the end of a claim's."""
    if request.kind == "claim" and raw[:1] == b"*":
        raw = _elements(raw)[-1]
    if request.kind not in ("read", "claim") or raw[:1] != b"$" or raw[1:2] == b"-":
        return None
    return raw[raw.index(b"\r\n") + 2:-2] or None


WIRES = {"memcached": Memcached, "redis": Redis}
END_OF_STREAM = (asyncio.IncompleteReadError, ConnectionError)
