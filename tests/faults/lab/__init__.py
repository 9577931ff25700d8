# SPDX-License-Identifier: BSD-3-Clause
"""A real site on one machine, its visitors, and the faults that befall it."""

from .browser import Browser, Page
from .crowd import Crowd, Ledger, Visitor
from .handlers import HANDLERS
from .lab import Lab
from .waiting import Overdue, wait_until

__all__ = ["HANDLERS", "Browser", "Crowd", "Lab", "Ledger", "Overdue", "Page", "Visitor",
           "wait_until"]
