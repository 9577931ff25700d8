# SPDX-License-Identifier: BSD-3-Clause
"""System calls per cycle, by strace."""

import collections
import re
from pathlib import Path

BEGIN, END = "/sessmirror-bench/begin", "/sessmirror-bench/end"
_CALL = re.compile(r"(?:\d+ +)?(\w+)\(")
# The worker's own doing: its talk with the driver, and its look at the processor time it has used.
_OWN = re.compile(r"(?:\d+ +)?(?:read\(0|write\(1|getrusage\(|clock_gettime\(CLOCK_PROCESS)")


class Tracer:
    """Wraps a worker's command line in strace; then counts what lies between two marks."""

    def __init__(self, directory, name):
        self._directory = Path(directory)
        self._name = name
        self._logs = []

    def __call__(self, host):
        log = self._directory / f"{self._name}.{host}.strace"
        self._logs.append(log)
        return ["strace", "-f", "-qq", "-s", "64", "-o", str(log)]

    def calls(self):
        """How often each system call was made between the marks, by all workers."""
        total = collections.Counter()
        for log in self._logs:
            total.update(_between_marks(log.read_text(errors="replace").splitlines()))
        return total


def _between_marks(lines):
    counting = False
    for line in lines:
        if BEGIN in line or END in line:
            counting = BEGIN in line
        elif counting and not _OWN.match(line) and (call := _CALL.match(line)):
            yield call[1]
