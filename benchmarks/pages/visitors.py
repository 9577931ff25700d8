# SPDX-License-Identifier: BSD-3-Clause
"""Visitors who ask for page after page, each over a connection of its own, and check each answer."""

import asyncio
import time

_PAGE = "/small.php"
# Of each visitor, over both hosts: all workers connect. Before a fault the hosts also have to learn how
# fast their stores are.
_PAGES_BEFORE = 8
_PAGES_BEFORE_A_FAULT = 40
_LIMIT_S = 30


class Visitor:
    """One browser. Knows which number its session has to show next."""

    def __init__(self, port):
        self._port = port
        self._cookies = {}
        self._count = 0
        self.only_reads = False
        self._stream = None

    async def page(self):
        """(seconds, seconds in session calls, whether it was as it should be)."""
        start = time.monotonic()
        try:
            status, headers = await asyncio.wait_for(self._fetch(), _LIMIT_S)
        except (OSError, EOFError, TimeoutError):
            self._stream = None
            return time.monotonic() - start, 0.0, False
        took = time.monotonic() - start
        count = int(headers.get("x-count", -1))
        good = status == 200 and count == self._count + (not self.only_reads)
        self._count = count if status == 200 else self._count
        return took, int(headers.get("x-session-us", 0)) / 1e6, good

    async def _fetch(self):
        if self._stream is None:
            self._stream = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._stream
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        page = f"{_PAGE}?read" if self.only_reads else _PAGE
        writer.write(f"GET {page} HTTP/1.1\r\nHost: site\r\nCookie: {cookies}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, text = value.partition(";")[0].partition("=")
                self._cookies[key] = text
            headers[name.lower()] = value
        await self._skip_body(reader, headers)
        if headers.get("connection") == "close":  # nginx does so every thousand pages
            writer.close()
            self._stream = None
        return int(head[0].split()[1]), headers

    async def _skip_body(self, reader, headers):
        if "content-length" in headers:
            await reader.readexactly(int(headers["content-length"]))
            return
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()


def visit(port, visitors, seconds, before=None, only_reads=False):
    """Everybody has a session first. Then `before` is called (a fault begins) and for that long
    each asks for its next page as soon as it has one. A list of what Visitor.page() gives."""
    return asyncio.run(_visit(port, visitors, seconds, before, only_reads))


async def _visit(port, visitors, seconds, before, only_reads):
    people = [Visitor(port) for _ in range(visitors)]
    for _ in range(_PAGES_BEFORE_A_FAULT if before else _PAGES_BEFORE):
        for person in people:
            if not (await person.page())[2]:
                raise RuntimeError("a page was wrong before anything was measured")
    for person in people:
        person.only_reads = only_reads
    if before:
        before()
    end = time.monotonic() + seconds
    pages = []

    async def live(person):
        while time.monotonic() < end:
            pages.append(await person.page())
    await asyncio.gather(*(live(person) for person in people))
    return pages
