#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The checker of the fault lab sees a planted violation of each kind, and none where there is none."""
import dataclasses
import itertools
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))

from lab.checker import check  # noqa: E402
from lab.history import FAILED, UNKNOWN, Event, History  # noqa: E402
from lab.verdict import Finding, Promises  # noqa: E402


class Story:
    """A history, page by page: each begins at its own second and takes a tenth of it."""

    def __init__(self):
        self.events = []
        self._now = itertools.count(1)

    def page(self, kind, read=(), **changes):
        sent = float(next(self._now))
        values = {"client": "ada", "session": "ada/1", "page": f"{kind}.php", "kind": kind,
                  "sent": sent, "received": sent + 0.1, "status": "ok", "host": "web1",
                  "found": True, "read": tuple(read), **changes}
        self.events.append(Event(**values))
        return self

    def write(self, op, read=(), **changes):
        return self.page("write", read, op=op, **changes)

    def read(self, *ops, **changes):
        return self.page("read", ops, **changes)

    def found(self, **promises):
        report = check(History(self.events), Promises(**promises))
        return {finding: report.counts[finding] for finding in report.found()}


class Innocent(unittest.TestCase):
    def test_a_sound_history_shows_nothing(self):
        story = Story().write("a", found=False).read("a").write("b", ["a"]).read("a", "b")
        story.page("destroy", ["a", "b"]).read(found=False)
        self.assertEqual(story.found(), {})

    def test_a_failed_or_unanswered_write_may_have_happened_or_not(self):
        for status in (FAILED, UNKNOWN):
            for seen in ((), ("b",)):
                story = Story().write("a").write("b", ["a"], status=status, found=None)
                story.read("a", *seen)
                self.assertEqual(story.found(), {Finding.FAILED: 1})

    def test_a_client_need_not_see_what_another_wrote_while_it_asked(self):
        story = Story().write("a").write("b", ["a"], client="bob", sent=2.0, received=3.5)
        story.read("a").read("a", "b", final=True)
        self.assertEqual(story.found(), {})

    def test_what_a_read_was_told_to_be_missing_may_be_missing_ever_after(self):
        story = Story().write("a").read(known_stale=(3, 4)).read().read(final=True)
        self.assertEqual(story.found(), {})

    def test_a_page_may_wait_for_another_one_of_its_session(self):
        story = Story().write("a").read("a", received=6.0, work_s=3.9).read("a", received=6.5)
        self.assertEqual(story.found(), {})


class Planted(unittest.TestCase):
    def test_an_own_change_that_is_not_seen(self):
        story = Story().write("a").write("b", ["a"]).read("a").read("a", "b", final=True)
        self.assertEqual(story.found(), {Finding.STALE_READ: 1})

    def test_one_flag_of_a_host_excuses_one_read_of_that_host(self):
        story = Story().write("a").write("b", session="ada/2")
        for session in ("ada/1", "ada/2"):
            story.read(session=session, known_stale=(3, 4))
            story.read("a" if session == "ada/1" else "b", session=session, final=True)
        self.assertEqual(story.found(), {Finding.STALE_READ: 1})

    def test_a_flag_of_another_time_excuses_nothing(self):
        story = Story().write("a").read(known_stale=(4, 4)).read("a", final=True)
        self.assertEqual(story.found(), {Finding.STALE_READ: 1})

    def test_going_back_behind_what_another_client_wrote(self):
        story = Story().write("a").write("b", ["a"], client="bob").read("a", "b").read("a")
        story.read("a", "b", final=True)
        self.assertEqual(story.found(), {Finding.WENT_BACK: 1})

    def test_a_token_that_goes_back(self):
        story = Story().write("a", token_out="z1.n.t").read("a", token_in="z1.n.t",
                                                            token_out="a9.n.t")
        self.assertEqual(story.found(), {Finding.WENT_BACK: 1})

    def test_an_acknowledged_change_that_is_gone_in_the_end(self):
        story = Story().write("a").write("b", ["a"], client="bob").read("a", final=True)
        self.assertEqual(story.found(), {Finding.LOST_UPDATE: 1, Finding.SILENT_LOSS: 1})
        self.assertEqual(story.found(reported=1), {Finding.LOST_UPDATE: 1})

    def test_an_unacknowledged_change_that_was_seen_and_is_gone_in_the_end(self):
        story = Story().write("a").write("b", client="bob", status=UNKNOWN, found=None)
        story.read("a", "b").read("a", final=True)
        self.assertEqual(story.found()[Finding.LOST_UPDATE], 1)

    def test_two_pages_that_count_on_from_one_number(self):
        story = Story().write("a", count=4).write("b", ["a"], count=4)
        self.assertEqual(story.found(), {Finding.FORK: 1})

    def test_a_session_that_rises_from_the_dead(self):
        story = Story().write("a").page("destroy", ["a"]).read("a")
        self.assertEqual(story.found(), {Finding.RESURRECTION: 1})

    def test_a_session_that_is_not_found(self):
        story = Story().write("a").read(found=False).read("a", final=True)
        self.assertEqual(story.found(), {Finding.LOGGED_OUT: 1})

    def test_a_lock_that_two_pages_have(self):
        story = Story().write("a", opened=1.01, closed=1.09)
        story.read("a", opened=1.08, closed=1.1)
        self.assertEqual(story.found(), {Finding.LOCK_SHARED: 1})

    def test_a_page_that_takes_too_long(self):
        story = Story().write("a").read("a", received=4.0, work_s=0.4)
        self.assertEqual(story.found(limit_s=1.5), {Finding.OVERTIME: 1})

    def test_an_error(self):
        self.assertEqual(Story().write("a", status=UNKNOWN).found(), {Finding.FAILED: 1})


class Recorded(unittest.TestCase):
    def test_a_history_is_the_same_after_it_was_written_and_read(self):
        events = Story().write("a", found=False).read("a", known_stale=(1, 2), final=True).events
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "history.jsonl")
            History(events).save(path)
            self.assertEqual(History.load(path).events, events)

    def test_no_event_holds_a_session_id(self):
        names = {field.name for field in dataclasses.fields(Event)}
        self.assertFalse(names & {"id", "sid", "cookie", "cookies"})


if __name__ == "__main__":
    unittest.main()
