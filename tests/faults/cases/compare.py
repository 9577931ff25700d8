# SPDX-License-Identifier: BSD-3-Clause
"""The rows of the comparison, with one handler after the other, as a table."""

import sys

from lab import HANDLERS, Overdue

from .bench import CASES, Bench, Failure, Skipped
from .row import ROWS

_TROUBLE = (Failure, Overdue, AssertionError, OSError, RuntimeError, KeyError, TypeError)


def compare(extension, names=(), namespaces=None):
    """Prints a Markdown table; in bold what this project promises for locking = on. True if that
    holds for all cells of its own column."""
    chosen = [row for row in ROWS
              if not names or any(name in row.measure.__name__ for name in names)]
    print("| fault | " + " | ".join(HANDLERS) + " |")
    print("|---" * (len(HANDLERS) + 1) + "|")
    fine = True
    for row in chosen:
        cells = []
        for handler in HANDLERS:
            bench = Bench(handler, extension, CASES[row.measure.__name__], namespaces)
            text, holds = _measure(row, bench)
            fine &= holds or handler != "sessmirror"
            cells.append(f"**{text}**" if holds else text)
            print(f"{row.measure.__name__}, {handler}: {text}", file=sys.stderr)
        print(f"| {row.title} | " + " | ".join(cells) + " |", flush=True)
    return fine


def _measure(row, bench):
    try:
        return row.measure(bench)
    except Skipped as skipped:
        return str(skipped), False
    except _TROUBLE as trouble:
        return f"broke off: {type(trouble).__name__} {trouble}"[:80], False
