# SPDX-License-Identifier: BSD-3-Clause
"""How measured values are told."""

import math
import statistics

_CONFIDENCE = 0.93



def median(values):
    return statistics.median(values) if values else None


def spread(values, digits=0):
    """The median, and the range unless it is the same when printed."""
    if not values:
        return "-"
    middle, low, high = (f"{round(value, digits) + 0.0:.{digits}f}"
                         for value in (median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low} .. {high})"


def around_median(values):
    """The values between which the true median lies in at least 93 of 100 cases, whatever their
    distribution (order statistics): of up to eight values all, of nine all but the two at the ends."""
    values = sorted(values)
    count = len(values)
    left_out = 0
    while 2 * (left_out + 1) < count and _coverage(count, left_out + 1) >= _CONFIDENCE:
        left_out += 1
    return values[left_out:count - left_out]


def _coverage(count, left_out):
    beyond = sum(math.comb(count, each) for each in range(left_out + 1))
    return 1 - 2 * beyond / 2 ** count
