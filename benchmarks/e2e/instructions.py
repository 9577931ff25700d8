# SPDX-License-Identifier: BSD-3-Clause
"""Instructions in user space, by valgrind."""

import re
from pathlib import Path

_REFERENCES = re.compile(r"I\s+refs:\s+([\d,]+)")


class InstructionCounter:
    """Wraps a worker's command line in cachegrind; total() is known when all workers have ended."""

    def __init__(self, directory, name):
        self._directory = Path(directory)
        self._name = name
        self._logs = []

    def __call__(self, host):
        log = self._directory / f"{self._name}.{host}.cachegrind"
        self._logs.append(log)
        return ["valgrind", "--tool=cachegrind", "--cache-sim=no",
                "--cachegrind-out-file=/dev/null", f"--log-file={log}"]

    def total(self):
        """Of all workers, from their start to their end."""
        return sum(int(_REFERENCES.search(log.read_text())[1].replace(",", ""))
                   for log in self._logs)
