# SPDX-License-Identifier: BSD-3-Clause
"""Something that befalls the site, and the probe that tells whether it is really there."""

from contextlib import contextmanager

from .waiting import wait_until

_PATIENCE_S = 15


class Fault:
    name = "a fault"

    def begin(self):
        raise NotImplementedError

    def end(self):
        raise NotImplementedError

    def in_force(self):
        """A look from outside, by a way that no handler has a part in."""
        raise NotImplementedError


def strike(fault):
    """Begins it, and returns when it is in force: no test passes because it was not there."""
    fault.begin()
    wait_until(fault.in_force, f"{fault.name} is in force", _PATIENCE_S)


def lift(fault):
    fault.end()
    wait_until(lambda: not fault.in_force(), f"{fault.name} is over", _PATIENCE_S)


@contextmanager
def suffering(fault):
    strike(fault)
    yield fault
    lift(fault)
