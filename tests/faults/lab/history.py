# SPDX-License-Identifier: BSD-3-Clause
"""What was sent and what came back: a history that a checker can judge (checker.py).

Every change of a session is an op with a name of its own, which the page keeps as a key of its own
in the session; so a lost one is seen, and merging by key has something to do. One clock for all
(CLOCK_MONOTONIC of the machine, seconds), since visitors and hosts are on one machine.
"""

import json
import threading
from dataclasses import asdict, dataclass, field

OK = "ok"  # answered without an error: what it wrote is acknowledged
FAILED = "failed"  # answered, with an error: what it wrote may have happened
UNKNOWN = "unknown"  # no answer, or not in time: the same


@dataclass(frozen=True)
class Event:
    """One page of one visitor."""

    client: str  # who has one cookie jar, and usually one page under way at a time
    session: str  # the log-in that it belongs to; not the id, which is a secret
    page: str
    kind: str  # "read", "write", "destroy"
    sent: float
    received: float
    status: str
    host: str | None = None
    error: str = ""
    op: str | None = None  # write: what it added
    found: bool | None = None  # whether there was a session; None: the page did not say
    read: tuple = ()  # the ops in the session when the page had opened it
    count: int | None = None  # the counter in the session at that time
    token_in: str | None = None
    token_out: str | None = None
    opened: float | None = None  # when the page had the session
    closed: float | None = None  # a moment before it gave it back
    known_stale: tuple | None = None  # the host's count of flagged reads before and after opening
    work_s: float = 0.0  # what the page did besides
    final: bool = False  # made at the end, with all faults gone


@dataclass
class History:
    """Events in the order of their ends. Any thread may add one."""

    events: list = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, event):
        with self._lock:
            self.events.append(event)

    def since(self, index):
        with self._lock:
            return History(self.events[index:])

    def __len__(self):
        return len(self.events)

    def save(self, path):
        """JSON, one event a line; what has its default is left out."""
        with open(path, "w") as file:
            for event in self.events:
                row = {name: value for name, value in asdict(event).items()
                       if value != getattr(Event, name, ...)}
                file.write(json.dumps(row) + "\n")

    @classmethod
    def load(cls, path):
        with open(path) as file:
            return cls([_event(json.loads(line)) for line in file if line.strip()])


def _event(row):
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return Event(**{**row, **lists})
