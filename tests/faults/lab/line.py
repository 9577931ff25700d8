# SPDX-License-Identifier: BSD-3-Clause
"""line.py DEVICE DELAY_MS LOSS SEED: a tun device that gives packets back, but later, or never.

LOSS is the share of packets that vanish, drawn from a generator with that seed. The others keep
their order. The kernel's routing decides what goes in and where it goes next.
"""

import collections
import fcntl
import os
import random
import select
import struct
import sys
import time

_TUNSETIFF = 0x400454CA
_IFF_TUN = 0x0001
_IFF_NO_PI = 0x1000


def open_device(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    request = struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI)
    fcntl.ioctl(device, _TUNSETIFF, request)
    return device


def run(device, delay_s, loss, dice):
    waiting = collections.deque()
    while True:
        patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        if select.select([device], [], [], patience)[0]:
            packet = os.read(device, 65536)
            if dice.random() >= loss:
                waiting.append((time.monotonic() + delay_s, packet))
        while waiting and waiting[0][0] <= time.monotonic():
            try:
                os.write(device, waiting.popleft()[1])
            except OSError:
                pass  # as a wire does: what cannot be delivered is lost


if __name__ == "__main__":
    run(open_device(sys.argv[1]), float(sys.argv[2]) / 1000, float(sys.argv[3]),
        random.Random(int(sys.argv[4])))
