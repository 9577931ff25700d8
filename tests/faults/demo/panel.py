# SPDX-License-Identifier: BSD-3-Clause
"""What the demo shows while it runs: one line a second, redrawn in place on a terminal."""

import shutil
import sys
import threading
import time

_BOLD, _RED, _GREEN, _DIM, _PLAIN = "\033[1m", "\033[31m", "\033[32m", "\033[2m", "\033[0m"


class Screen:
    """Plain text. Colours and the moving line only where a person looks at it."""

    def __init__(self, out=sys.stdout):
        self._out = out
        self._lock = threading.Lock()
        self.is_terminal = out.isatty()

    def say(self, text="", colour=""):
        """A line that stays."""
        if self.is_terminal:
            text = f"\r\033[K{colour}{text}{_PLAIN if colour else ''}"
        with self._lock:
            print(text, file=self._out, flush=True)

    def event(self, text):
        self.say()
        self.say(f"== {text}", _BOLD)

    def good(self, text):
        self.say(f"   {text}", _GREEN)

    def bad(self, text):
        self.say(f"   {text}", _RED)

    def quiet(self, text):
        self.say(f"   {text}", _DIM)

    def moment(self, text):
        """A line that the next one takes the place of; without a terminal it stays."""
        if not self.is_terminal:
            self.say(text)
            return
        with self._lock:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{text[:width]}", end="", file=self._out, flush=True)


class Ticker:
    """Every second: what the crowd saw and what the hosts counted since the second before."""

    def __init__(self, screen, lab, crowd):
        self._screen = screen
        self._lab = lab
        self._crowd = crowd
        self._start = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._seen = 0
        self._counters = lab.counters()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.wait(1.0):
            self._screen.moment(self._line())

    def _line(self):
        summary = self._crowd.ledger.summary(self._seen)
        self._seen += summary["pages"]
        hosts = "  ".join(f"{host.name} {summary['by host'][host.name]:3}"
                          for host in self._lab.hosts)
        line = (f"{time.monotonic() - self._start:5.0f} s  pages {summary['pages']:3}  {hosts}  "
                f"slowest {1000 * summary['slowest']:4.0f} ms")
        line += self._reads_and_writes()
        return line + (f"  errors {summary['errors']}  logged out {summary['logged out']}"
                       f"  wrong carts {summary['wrong carts']}")

    def _reads_and_writes(self):
        now = self._lab.counters()
        if not now:
            return ""
        new = {name: value - self._counters.get(name, 0) for name, value in now.items()}
        self._counters = now
        mirrored = new["writes"] - new["degraded_writes"]
        return (f"  local reads {new['local_hits']:3}/{new['reads']:<3}"
                f"  mirrored writes {mirrored:3}/{new['writes']:<3}")
