# SPDX-License-Identifier: BSD-3-Clause
"""Passes requests and answers on, one link for each connection, and remembers the values."""

import asyncio
import contextlib
import socket
import struct
import traceback
from collections import defaultdict, deque

from .records import Record, is_record
from .wires import END_OF_STREAM

_HONEST_CHUNK = 1 << 16
_LAST_WORDS_S = 0.1
LIMIT = 1 << 25  # of what a reader may have to look through


class Severed(Exception):
    """The deed has ended the connection."""


class Memory:
    """Every value that went by, by its key, oldest first."""

    def __init__(self):
        self.values = defaultdict(list)

    def note(self, key, value):
        if is_record(value) and (not self.values[key] or self.values[key][-1] != value):
            self.values[key].append(value)

    def sessions(self):
        """Keys of sessions that are alive, as far as is known, and have something in the cart."""
        for key, values in self.values.items():
            if values and b"op_" in Record.parse(values[-1]).payload:
                yield key

    def other(self, key):
        """The last value of another session, always the same one's for as long as that lives."""
        others = sorted(each for each in self.sessions() if each != key)
        after = [each for each in others if each > key] + others
        return self.values[after[0]][-1] if after else None

    def tombstone(self, but):
        """A value by which a session other than that was destroyed."""
        for key, values in self.values.items():
            for value in values:
                if key != but and Record.parse(value).is_tombstone:
                    return value
        return None


class Link:
    """One connection of a web server, and the one behind it to the store."""

    def __init__(self, front, near, far):
        self.front = front
        self.last = None  # the answer before
        self.held = None  # an answer that a deed keeps back
        self._near_reader, self._near = near
        self._far_reader, self._far = far
        self._asked = deque()
        self._has_question = asyncio.Event()

    async def run(self):
        tasks = [asyncio.ensure_future(each) for each in (self._requests(), self._answers())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            # What was asked before the other side left reaches the store all the same.
            await asyncio.wait(tasks[:1], timeout=_LAST_WORDS_S)
        finally:
            for task in tasks:
                task.cancel()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            self._near.close()
            self._far.close()
        self._report(outcomes)

    @staticmethod
    def _report(outcomes):
        """A front that does not understand what it passes on is at fault itself: its log says so."""
        for outcome in outcomes:
            if isinstance(outcome, Exception) and not isinstance(
                    outcome, (OSError, Severed, *END_OF_STREAM)):
                traceback.print_exception(outcome)

    async def send(self, data):
        for at in range(0, len(data), _HONEST_CHUNK):
            self._near.write(data[at:at + _HONEST_CHUNK])
            await self._near.drain()

    def reset(self):
        """An RST, whatever was sent before."""
        handle = self._near.get_extra_info("socket")
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._near.transport.abort()
        raise Severed

    def end(self):
        """A FIN after what was sent."""
        self._near.close()
        raise Severed

    async def silence(self):
        """For as long as the other side has patience."""
        await asyncio.Event().wait()

    async def pause(self, seconds):
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.silence(), seconds)

    @property
    def is_asked(self):
        """Whether another question waits for its answer."""
        return bool(self._asked)

    async def _requests(self):
        while True:
            request = await self.front.wire.read_request(self._near_reader)
            self.front.requests += 1
            passed = self.front.deed.ask(self, request)
            invented = passed if passed is not request else None
            if invented is None:
                if request.value and request.names_session:
                    self.front.memory.note(request.key, request.value)
                self._far.write(request.raw)
            self._asked.append((request, invented))
            self._has_question.set()

    async def _answers(self):
        while True:
            while not self._asked:
                self._has_question.clear()
                await self._has_question.wait()
            request, answer = self._asked.popleft()
            if answer is None:
                answer = await self.front.wire.read_answer(self._far_reader, request)
            if answer.value and request.names_session:
                self.front.memory.note(request.key, answer.value)
            await self.front.deed.answer(self, request, answer)
            self.last = answer


class Front:
    def __init__(self, wire, store):
        self.wire = wire
        self.memory = Memory()
        self.deed = None
        self.requests = 0
        self.lies = 0
        self._store = store
        self._links = set()

    async def serve(self, reader, writer):
        with contextlib.suppress(OSError, *END_OF_STREAM):
            far = await asyncio.open_connection(*self._store, limit=LIMIT)
            link = Link(self, (reader, writer), far)
            self._links.add(asyncio.current_task())
            try:
                await link.run()
            finally:
                self._links.discard(asyncio.current_task())
        writer.close()

    def drop_links(self):
        for task in list(self._links):
            task.cancel()
