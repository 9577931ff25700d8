# SPDX-License-Identifier: BSD-3-Clause
"""What a front does with requests and answers. The honest one passes them on."""

from .records import Record, is_record

DEEDS = {}


class Deed:
    """`greets`: it begins with the first words on a connection, so open ones are closed."""

    greets = False
    engines = ("memcached", "redis")

    def ask(self, link, request):
        """The request as it is, or the answer to it: then the store never sees it."""
        del link
        return request

    async def answer(self, link, request, answer):
        del request
        await link.send(answer.raw)


def deed(cls):
    """Registers a deed by its class name in words: `DripsByteByByte` is "drips byte by byte"."""
    name = "".join(f" {c.lower()}" if c.isupper() else c for c in cls.__name__).strip()
    DEEDS[name] = cls
    return cls


class Lie(Deed):
    """Tells of another value than is stored, for every session of which it has one to tell."""

    async def answer(self, link, request, answer):
        raw = answer.raw
        truth = self._truth(link, request, answer)
        if truth:
            value = self.value(link.front.memory, request.key, Record.parse(truth))
            if value is not None:
                raw = link.front.wire.telling(request, answer, value)
        if raw != answer.raw:
            link.front.lies += 1
        await link.send(raw)

    @staticmethod
    def _truth(link, request, answer):
        if not request.names_session or request.kind not in ("read", "claim"):
            return None
        values = link.front.memory.values[request.key]
        truth = answer.value if answer.value and is_record(answer.value) else None
        # A look at the version alone shows no payload.
        if values and (truth is None or values[-1][:len(truth)] == truth):
            truth = values[-1]
        return None if truth is None or Record.parse(truth).is_note else truth

    def value(self, memory, key, truth):
        """What to tell instead of the record `truth`; None for the truth."""
        raise NotImplementedError


class Breach(Deed):
    """Answers about sessions in a way that no server should."""

    kinds = ("read", "claim", "put")

    async def answer(self, link, request, answer):
        if request.names_session and request.kind in self.kinds:
            link.front.lies += 1
            await self.breach(link, request, answer)
        else:
            await link.send(answer.raw)

    async def breach(self, link, request, answer):
        raise NotImplementedError


class Greeting(Deed):
    """Has its own words for whoever arrives."""

    greets = True
    told = b""

    async def answer(self, link, request, answer):
        is_greeting = request.kind == "greeting"
        link.front.lies += is_greeting
        await link.send(self.told if is_greeting else answer.raw)
