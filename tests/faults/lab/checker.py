# SPDX-License-Identifier: BSD-3-Clause
"""Judges a history: the promises of tests/simulation/checker.h, seen from outside.

Sound because every op is unique: nothing is concluded from pages that failed or never ended, which
may have happened all the same. A destroy ends what is expected of a session when it is sent,
acknowledged or not. What a read was told to be missing (the host counted it as stale) may be
missing ever after.
"""

from collections import defaultdict

from .history import OK
from .verdict import Finding, Promises, Report

_NEVER = float("inf")


def check(history, promises=Promises()):
    report = Report(pages=len(history.events),
                    slowest_s=max(map(_took, history.events), default=0.0))
    by_name = defaultdict(list)
    for event in history.events:
        by_name[event.session].append(event)
    sessions = [_Session(events) for events in by_name.values()]
    _check_reads(sessions, report)
    _check_lost_updates(sessions, promises, report)
    for session in sessions:
        _check_forks(session, report)
        _check_resurrection(session, report)
        _check_presence(session, report)
        _check_locks(session, report)
        _check_time(session, promises, report)
    for event in history.events:
        if event.status != OK:
            report.add(Finding.FAILED, event, event.error or event.status)
    return report


class _Session:
    """The part of a history that concerns one session."""

    def __init__(self, events):
        self.events = sorted(events, key=lambda event: event.sent)
        destroys = [event for event in self.events if event.kind == "destroy"]
        self.ended_from = min((event.sent for event in destroys), default=_NEVER)
        self.ended_at = min((event.received for event in destroys if event.status == OK),
                            default=_NEVER)
        self.answered = [event for event in self.events
                         if event.status == OK and event.found is not None]
        self.reads = [event for event in self.answered if event.received < self.ended_from]
        self.writes = [event for event in self.events
                       if event.kind == "write" and event.status == OK and event.op]
        self.told = {}  # op: since when it is known to be missing
        marked = [read for read in self.reads if read.final]
        # The reads that tell how it ended.
        self.finals = marked or [read for read in self.reads if read.found][-1:]
        self.survivors = {op for read in self.finals for op in read.read}

    def durable_since(self):
        """When each op was first known to be stored: acknowledged, or seen."""
        since = {write.op: write.received for write in self.writes}
        for read in self.reads:
            for op in read.read:
                since[op] = min(since.get(op, _NEVER), read.received)
        return since

    def overlapping(self, event):
        return any(other is not event and other.sent < event.received
                   and event.sent < other.received for other in self.events)


class _KnownStale:
    """Which reads their host has flagged. The host counts them and does not name them; so each
    unit of its count, in the time when the page was opening its session, excuses one read."""

    def __init__(self):
        self._used = defaultdict(set)

    def excuses(self, event):
        before, after = event.known_stale or (0, 0)
        for unit in range(before + 1, after + 1):
            if unit not in self._used[event.host]:
                self._used[event.host].add(unit)
                return True
        return False


def _check_reads(sessions, report):
    known = _KnownStale()
    reads = [(read, session) for session in sessions for read in session.reads if read.found]
    for read, session in sorted(reads, key=lambda pair: pair[0].received):
        own, seen = _expected(session, read)
        gone = (own | seen) - set(read.read)
        missing = {op for op in gone & session.survivors
                   if session.told.get(op, _NEVER) > read.sent}
        if gone - session.told.keys() and known.excuses(read):
            report.known_stale += 1
            for op in gone:
                session.told.setdefault(op, read.received)
            continue
        if missing & own:
            report.add(Finding.STALE_READ, read, f"{len(missing & own)} own changes are missing")
        if missing - own:
            report.add(Finding.WENT_BACK, read,
                       f"{len(missing - own)} changes that it had seen are missing")
        if _generation(read.token_out) < _generation(read.token_in):
            report.add(Finding.WENT_BACK, read, f"token {read.token_in}, then {read.token_out}")


def _expected(session, read):
    """What this client has had acknowledged, and what it has seen, before it asked."""
    own = {write.op for write in session.writes
           if write.client == read.client and write.received <= read.sent}
    seen = {op for earlier in session.reads if earlier.client == read.client
            and earlier.received <= read.sent for op in earlier.read}
    return own, seen


def _generation(token):
    """0 for what is no token."""
    try:
        return int((token or "").split(".")[0], 36)
    except ValueError:
        return 0


def _check_lost_updates(sessions, promises, report):
    lost = 0
    for session in sessions:
        asked = min((read.sent for read in session.finals), default=0)
        for op, since in session.durable_since().items():
            if since <= asked and op not in session.survivors and op not in session.told:
                report.add(Finding.LOST_UPDATE, session.finals[0], f"without change {op}")
                lost += 1
    if lost > promises.reported:
        report.counts[Finding.SILENT_LOSS] = lost - promises.reported
        report.examples[Finding.SILENT_LOSS] = [f"{lost} lost, {promises.reported} reported"]


def _check_forks(session, report):
    follower = {}
    for write in session.writes:
        if write.count is None:
            continue
        first = follower.setdefault(write.count, write)
        if first is not write:
            report.add(Finding.FORK, write, f"{first.op} counted on from {write.count} as well")


def _check_resurrection(session, report):
    for read in session.answered:
        if read.found and read.sent >= session.ended_at and read.kind != "destroy":
            report.add(Finding.RESURRECTION, read, f"ended at {session.ended_at:.3f} s")


def _check_presence(session, report):
    there_from = min((write.received for write in session.writes), default=_NEVER)
    for read in session.reads:
        if not read.found and read.sent >= there_from:
            report.add(Finding.LOGGED_OUT, read, f"it was there from {there_from:.3f} s on")


def _check_locks(session, report):
    holds = sorted((event for event in session.events if event.opened and event.closed),
                   key=lambda event: event.opened)
    longest = None  # of those before, the one that ends last
    for hold in holds:
        if longest and hold.opened < longest.closed:
            report.add(Finding.LOCK_SHARED, hold, f"{longest.client} on {longest.host} had it "
                       f"for {longest.closed - hold.opened:.3f} s more")
        if longest is None or hold.closed > longest.closed:
            longest = hold


def _took(event):
    return event.received - event.sent - event.work_s


def _check_time(session, promises, report):
    for event in session.events:
        limit = promises.limit_s + (promises.wait_s if session.overlapping(event) else 0)
        if _took(event) > limit:
            report.add(Finding.OVERTIME, event, f"took {_took(event):.2f} s of {limit:.2f} s")
