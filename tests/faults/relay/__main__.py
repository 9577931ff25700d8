# SPDX-License-Identifier: BSD-3-Clause
"""python3 -m relay ENGINE ADDRESS PORT STORE_PORT CONTROL

Listens at ADDRESS:PORT before the store at ADDRESS:STORE_PORT. Each line on the UNIX socket CONTROL
is the name of a deed, or empty for none, or "?"; the answer is a line of JSON with what was counted
since the deed began.
"""

import asyncio
import json
import sys

from . import breaches, breaches_of_memcached, breaches_of_redis, lies
from .deed import DEEDS, Deed
from .front import LIMIT, Front
from .wires import WIRES

__all__ = ["breaches", "breaches_of_memcached", "breaches_of_redis", "lies"]


async def main(engine, address, port, store_port, control):
    front = Front(WIRES[engine], (address, int(store_port)))
    front.deed = Deed()

    async def obey(reader, writer):
        name = (await reader.readline()).decode().strip()
        if name != "?":
            front.deed = DEEDS[name]() if name else Deed()
            front.requests = front.lies = 0
            if front.deed.greets:
                front.drop_links()
        writer.write(json.dumps({"requests": front.requests, "lies": front.lies}).encode() + b"\n")
        writer.close()

    await asyncio.start_unix_server(obey, control)
    server = await asyncio.start_server(front.serve, address, int(port), limit=LIMIT)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
