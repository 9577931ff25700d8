# SPDX-License-Identifier: BSD-3-Clause
"""How measured values are told."""

import statistics


def median(values):
    return statistics.median(values) if values else None


def spread(values, digits=0):
    """The median, and the range unless it is the same when printed."""
    if not values:
        return "-"
    middle, low, high = (f"{round(value, digits) + 0.0:.{digits}f}"
                         for value in (median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} .. {high})"
