# SPDX-License-Identifier: BSD-3-Clause
"""What only memcached's protocol has words for."""

import itertools
import re
import struct

from .deed import Breach, Deed, Greeting, deed
from .records import Record

_numbers = itertools.count(1)
_CHUNK_NAME = re.compile(rb"\.[0-9a-f]{16}\.\d+$")
_CHUNKS, _CHUNK = 4096, 200  # what a manifest says
_CHUNK_TOLD = 1 << 19  # and what each of them has


class _OfMemcached(Breach):
    engines = ("memcached",)
    kinds = ("read", "put")


@deed
class TellsAWrongCas(_OfMemcached):
    async def breach(self, link, request, answer):
        await link.send(link.front.wire.with_flag(answer, b"c", b"%d" % (1000000 + next(_numbers))))


@deed
class TellsACasOfZero(_OfMemcached):
    async def breach(self, link, request, answer):
        await link.send(link.front.wire.with_flag(answer, b"c", b"0"))


@deed
class TellsAWrongOpaque(_OfMemcached):
    async def breach(self, link, request, answer):
        await link.send(link.front.wire.with_flag(answer, b"O", b"%d" % (1 << 30)))


@deed
class TellsANumberThatIsNone(_OfMemcached):
    async def breach(self, link, request, answer):
        await link.send(link.front.wire.with_flag(answer, b"c", b"18446744073709551616"))


@deed
class TellsFlagsWithoutEnd(_OfMemcached):
    async def breach(self, link, request, answer):
        line, end, rest = answer.raw.partition(b"\r\n")
        await link.send(line + b" W" * 100_000 + end + rest)


@deed
class SplitsIntoThousands(_OfMemcached):
    """A manifest of 4096 chunks, each of which announces a megabyte."""

    kinds = ("read",)

    async def breach(self, link, request, answer):
        if answer.value is None:
            await link.send(answer.raw)
            return
        header = Record.parse(answer.value).header
        manifest = header[4:12] + struct.pack(">IIQ", _CHUNK, _CHUNKS, _CHUNK * _CHUNKS)
        told = link.front.wire.with_flag(answer, b"f", b"%d" % (1 << 31))
        flags = told[:told.index(b"\r\n")].split()[2:]
        value = header + manifest
        await link.send(b"VA %d %s\r\n%s\r\n" % (len(value), b" ".join(flags), value))

    async def answer(self, link, request, answer):
        if request.kind == "read" and _CHUNK_NAME.search(request.key):
            await link.send(link.front.wire.announcing(_CHUNK_TOLD, request))
            await link.send(b"x" * _CHUNK_TOLD + b"\r\n")
        else:
            await super().answer(link, request, answer)


class _Greeting(Greeting):
    engines = ("memcached",)


@deed
class IsOfALateVersion(_Greeting):
    """Which has what this one has not: the caller chooses the CAS."""

    told = b"VERSION 1.99.99999999\r\n"


@deed
class IsOfNoVersion(_Greeting):
    told = b"VERSION 99999999999999999999.-1.%n\r\n"


@deed
class IsOfAnEndlessVersion(_Greeting):
    told = b"VERSION " + b"1" * 1_000_000


@deed
class LivesAnotherLifeEachTime(Deed):
    """Its process and its age are other ones whenever it is asked."""

    greets = True  # it is asked for its life when a connection was lost
    engines = ("memcached",)

    async def answer(self, link, request, answer):
        raw = answer.raw
        if request.kind == "life":
            link.front.lies += 1
            raw = (b"STAT pid %d\r\nSTAT uptime 18446744073709551615\r\nSTAT time 1\r\nEND\r\n"
                   % next(_numbers))
        await link.send(raw)


@deed
class ListsKeysWithoutEnd(Deed):
    engines = ("memcached",)

    async def answer(self, link, request, answer):
        if request.kind != "list":
            await link.send(answer.raw)
            return
        link.front.lies += 1
        while True:
            await link.send(b"".join(
                b"key=sm%%3A%032d exp=-1 la=1 cas=%d fetch=no cls=1 size=100\r\n" % (number, number)
                for number in itertools.islice(_numbers, 1000)))


@deed
class HintsAtWrongTokens(Deed):
    """The tokens under which other stores are said to hold a session."""

    engines = ("memcached",)

    async def answer(self, link, request, answer):
        raw = answer.raw
        if request.key.endswith(b".c") and answer.value:
            link.front.lies += 1
            raw = raw.replace(answer.value, answer.value[:-8] + next(_numbers).to_bytes(8, "big"))
        await link.send(raw)
