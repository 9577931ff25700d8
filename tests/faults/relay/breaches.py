# SPDX-License-Identifier: BSD-3-Clause
"""What a server of either protocol should not do."""

import re

from .deed import Breach, Deed, deed

_FLOOD = b"x" * (1 << 16)
_DRIP_S = 0.02


@deed
class NeverAnswers(Breach):
    async def breach(self, link, request, answer):
        await link.silence()


@deed
class DripsByteByByte(Breach):
    async def breach(self, link, request, answer):
        for byte in answer.raw:
            await link.send(bytes([byte]))
            await link.pause(_DRIP_S)


@deed
class NeverEndsALine(Breach):
    async def breach(self, link, request, answer):
        await link.send(answer.raw[:1])
        while True:
            await link.send(_FLOOD)


@deed
class NeverEndsAValue(Breach):
    """What was announced is exceeded without an end."""

    async def breach(self, link, request, answer):
        await link.send(link.front.wire.announcing(4096, answer))
        while True:
            await link.send(_FLOOD)


@deed
class AnnouncesTooMuch(Breach):
    """A gigabyte, which it begins to send."""

    async def breach(self, link, request, answer):
        await link.send(link.front.wire.announcing(1 << 30, answer))
        while True:
            await link.send(_FLOOD)


@deed
class AnnouncesAndStops(Breach):
    async def breach(self, link, request, answer):
        await link.send(link.front.wire.announcing(100_000, answer) + _FLOOD)
        await link.silence()


@deed
class AnnouncesLessThanNothing(Breach):
    async def breach(self, link, request, answer):
        await link.send(link.front.wire.announcing(-7, answer) + b"\r\n")


@deed
class ResetsInMidAnswer(Breach):
    async def breach(self, link, request, answer):
        await link.send(answer.raw[:len(answer.raw) // 2])
        link.reset()


@deed
class EndsInMidAnswer(Breach):
    async def breach(self, link, request, answer):
        await link.send(answer.raw[:len(answer.raw) // 2])
        link.end()


@deed
class SaysHalfALine(Breach):
    async def breach(self, link, request, answer):
        await link.send(answer.raw[:answer.raw.index(b"\r\n") // 2 + 1])
        await link.silence()


@deed
class AnswersErrorsToAll(Breach):
    async def breach(self, link, request, answer):
        await link.send(link.front.wire.errors)


@deed
class AnswersTheQuestionBefore(Breach):
    async def breach(self, link, request, answer):
        await link.send((link.last or answer).raw)


@deed
class AnswersTwice(Breach):
    async def breach(self, link, request, answer):
        await link.send(answer.raw * 2)


@deed
class ReordersAnswers(Deed):
    """Two that wait to be given change places."""

    async def answer(self, link, request, answer):
        if link.held is not None:
            link.front.lies += 1
            held, link.held = link.held, None
            await link.send(answer.raw + held)
        elif link.is_asked:
            link.held = answer.raw
        else:
            await link.send(answer.raw)


@deed
class AnswersAcrossConnections(Breach):
    """The answer to a question of the same kind that another connection has asked."""

    kinds = ("read",)

    def __init__(self):
        self._last = {}

    async def breach(self, link, request, answer):
        asked, other = self._last.get(request.kind, (None, answer.raw))
        if answer.value is not None:
            self._last[request.kind] = link, answer.raw
        await link.send(answer.raw if asked in (None, link) else other)


class _Writes(Breach):
    """The store never sees what is to be written."""

    kinds = ("put",)
    stores = True

    def ask(self, link, request):
        if request.kind != "put" or not request.names_session:
            return request
        return link.front.wire.outcome(request, self.stores)

    async def breach(self, link, request, answer):
        await link.send(answer.raw)


@deed
class AcknowledgesWithoutStoring(_Writes):
    pass


@deed
class RefusesEveryWrite(_Writes):
    """Somebody else was always faster, it says."""

    stores = False


class _Locks(Deed):
    owner = None

    async def answer(self, link, request, answer):
        raw = link.front.wire.locked(request, answer, self.owner)
        if raw != answer.raw:
            link.front.lies += 1
        await link.send(raw)


@deed
class RefusesEveryLock(_Locks):
    owner = b"intruder"


@deed
class LocksForNobody(_Locks):
    """The owner's name is none that anybody could have."""

    owner = b"\x00|\xff|" * 10


@deed
class LiesAboutLifetimes(Deed):
    """Everything has an age of its own, in turn: no end, over long ago, the largest number."""

    def __init__(self):
        self._turn = 0

    async def answer(self, link, request, answer):
        self._turn += 1
        raw = answer.raw
        if request.kind == "ttl":
            raw = b":%d\r\n" % (-1, 0, (1 << 63) - 1, -(1 << 63))[self._turn % 4]
        elif request.kind == "read":
            line, end, rest = raw.partition(b"\r\n")
            turn = (b" t-1", b" t0", b" t2147483647")[self._turn % 3]
            raw = re.sub(rb" t-?\d+", turn, line) + end + rest
        elif request.kind == "claim" and raw.startswith(b"*3"):
            raw = re.sub(rb"\r\n:-?\d+\r\n\$", b"\r\n:9223372036854775807\r\n$", raw, count=1)
        link.front.lies += raw != answer.raw
        await link.send(raw)
