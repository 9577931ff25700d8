# SPDX-License-Identifier: BSD-3-Clause
"""Waiting for a condition, never for a duration."""

import time

_POLL_S = 0.01


class Overdue(Exception):
    """A condition did not come true before its deadline."""


def wait_until(condition, what, within_s):
    """Polls `condition` until it gives something true; returns that and the seconds it took.

    Raises Overdue naming `what` when `within_s` seconds have passed. An OSError of the condition
    counts as "not yet", since most conditions talk to a server that is just coming up.
    """
    start = time.monotonic()
    last_error = None
    while True:
        try:
            result = condition()
            if result:
                return result, time.monotonic() - start
        except OSError as error:
            last_error = error
        if time.monotonic() - start > within_s:
            reason = f" (last error: {last_error})" if last_error else ""
            raise Overdue(f"{what}: not within {within_s:g} s{reason}")
        time.sleep(_POLL_S)
