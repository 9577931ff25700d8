# SPDX-License-Identifier: BSD-3-Clause
"""The wall clock of one host is wrong. Namespaces have no wall clock of their own, so the host's
processes are given one by a library that is preloaded (clock_shim.c)."""

import mmap
import shutil
import struct
import subprocess
import time
from pathlib import Path

from .fault import Fault


def can_make_clocks():
    return shutil.which("cc") is not None


class Clock:
    """The offset of one host's wall clock, in a file that all its processes look at."""

    def __init__(self, run, name):
        self._library = run.directory / "clock_shim.so"
        self._file = run.directory / f"{name}.clock"
        if not self._library.exists():
            source = str(Path(__file__).with_name("clock_shim.c"))
            subprocess.run(["cc", "-O1", "-shared", "-fPIC", source, "-o", str(self._library)],
                           check=True, capture_output=True)
        self._file.write_bytes(bytes(8))

    @property
    def environment(self):
        return {"LD_PRELOAD": str(self._library), "LAB_CLOCK": str(self._file)}

    def set(self, seconds):
        with open(self._file, "r+b") as file, mmap.mmap(file.fileno(), 8) as page:
            page[:] = struct.pack("q", seconds)


class WrongClock(Fault):
    """One host's clock jumps, for its pages and its store; at the end it jumps back."""

    def __init__(self, lab, host, seconds):
        self.name = f"a clock that is {seconds} s off"
        self._lab, self._host, self._seconds = lab, host, seconds

    def begin(self):
        self._host.clock.set(self._seconds)

    def end(self):
        self._host.clock.set(0)

    def in_force(self):
        page = self._lab.browser().get("status.php", self._host.name)
        return abs(page.data["time"] - time.time()) > abs(self._seconds) / 2
