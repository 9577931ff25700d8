# SPDX-License-Identifier: BSD-3-Clause
"""A real site on one machine, its visitors, and the faults that befall it."""

from .browser import Browser, Page
from .checker import check
from .client import Client, tabs
from .clocks import WrongClock, can_make_clocks
from .crowd import Crowd, Visitor
from .cuts import BlackHole, Forgotten, OneWayCut, Partition, RepliesLost
from .fault import Fault, lift, strike, suffering
from .front import Hostile
from .handlers import FILES, HANDLERS
from .history import History
from .host import SITE
from .lab import Lab
from .ledger import Ledger
from .lines import LongWire, PacketLoss, SlowStore
from .outages import Full, Hung, Killed, NoConnections, WarmRestart
from .staff import change_list, join, leave, stop
from .store import ENGINES, Limits
from .verdict import Finding, Promises
from .waiting import Overdue, wait_until
from .workers import Workers

__all__ = ["ENGINES", "FILES", "HANDLERS", "BlackHole", "Browser", "Client", "Crowd", "Fault", "Finding",
           "Forgotten", "Full", "History", "Hostile", "Hung", "Killed", "Lab", "Ledger", "Limits", "LongWire",
           "NoConnections", "OneWayCut", "Overdue", "PacketLoss", "Page", "Partition", "Promises",
           "RepliesLost", "SITE", "SlowStore", "Visitor", "WarmRestart", "Workers", "WrongClock",
           "can_make_clocks", "check", "join", "leave", "lift", "stop", "strike", "suffering",
           "tabs", "wait_until"]
