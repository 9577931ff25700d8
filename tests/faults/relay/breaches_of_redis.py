# SPDX-License-Identifier: BSD-3-Clause
"""What only Redis' protocol has words for."""

import itertools

from .deed import Breach, Deed, Greeting, deed

_numbers = itertools.count(1)


def _thousand_keys():
    return b"".join(b"$35\r\nsm:%032d\r\n" % number
                    for number in itertools.islice(_numbers, 1000))


class _OfRedis(Breach):
    engines = ("redis",)
    told = b""

    async def breach(self, link, request, answer):
        await link.send(self.told)


@deed
class CountsToTheMillions(_OfRedis):
    told = b"*2147483647\r\n"


@deed
class CountsBelowZero(_OfRedis):
    told = b"*-7\r\n"


@deed
class NestsWithoutEnd(_OfRedis):
    told = b"*1\r\n" * 200_000


@deed
class AnswersANumber(_OfRedis):
    told = b":1\r\n"


@deed
class AnswersANumberThatIsNone(_OfRedis):
    told = b":92233720368547758070\r\n"


@deed
class AnswersOk(_OfRedis):
    told = b"+OK\r\n"


@deed
class AnswersInAnotherProtocol(_OfRedis):
    """A map and a push of RESP 3, which nobody has asked for."""

    told = b"%1\r\n+a\r\n+b\r\n>2\r\n+message\r\n+b\r\n"


@deed
class IsForEverLoading(_OfRedis):
    told = b"-LOADING Redis is loading the dataset in memory\r\n"


@deed
class HasNoScripts(_OfRedis):
    told = b"-NOSCRIPT No matching script. Please use EVAL.\r\n"


class _Greeting(Greeting):
    engines = ("redis",)


@deed
class NamesScriptsAtLength(_Greeting):
    """By a name of 100 KB, which comes back with every call."""

    told = b"$100000\r\n" + b"a" * 100_000 + b"\r\n"


@deed
class NamesScriptsWrongly(_Greeting):
    told = b"$40\r\n" + b"0" * 40 + b"\r\n"


@deed
class LivesAnotherRunEachTime(Deed):
    greets = True  # it is asked for its life when a connection was lost
    engines = ("redis",)

    async def answer(self, link, request, answer):
        raw = answer.raw
        if request.kind == "life":
            link.front.lies += 1
            raw = b"$47\r\nrun_id:%040d\r\n" % next(_numbers)
        await link.send(raw)


@deed
class ScansWithoutEnd(Deed):
    """Each page of keys leads to another one."""

    engines = ("redis",)

    def ask(self, link, request):
        if request.kind != "list":
            return request
        link.front.lies += 1
        raw = b"*2\r\n$10\r\n%010d\r\n*1000\r\n%s" % (next(_numbers), _thousand_keys())
        return link.front.wire.invented(raw)


@deed
class SendsAPageWithoutEnd(Deed):
    """One page of keys, of a thousand million."""

    engines = ("redis",)

    async def answer(self, link, request, answer):
        if request.kind != "list":
            await link.send(answer.raw)
            return
        link.front.lies += 1
        await link.send(b"*2\r\n$1\r\n0\r\n*1000000000\r\n")
        while True:
            await link.send(_thousand_keys())
