# SPDX-License-Identifier: BSD-3-Clause
"""A store that is hostile, beside a good one: a table of what it may do, and what must hold.

The store of web1 is a real one behind a front that changes its answers (tests/faults/relay); the
store of web2 is good. Visitors with all their cookies, and one who does not return the token's, log
in, put things into their carts on both hosts, and go on doing so while the store misbehaves. Then

  - nobody has seen anything of another visitor, was logged out, or has seen an old cart;
  - no page took longer than deadline_ms and Bench.MARGIN_S, which is what a busy machine adds;
  - no worker has ended, needed more memory than its bound, or asked without end;
  - every worker serves, and with the good store alone all carts are as they have to be: nothing in
    it was overwritten.

What a row allows besides, it says, with the reason. Forgeries are values that are well-formed, and
sealed for their key by somebody who can count checksums: nothing but encryption can tell them.
Their rows state what happens today, and still hold that no page crashes, hangs or grows.
"""

from dataclasses import dataclass, field

from lab import Finding, Hostile, Promises, Workers, check, suffering, wait_until

from .bench import case
from .hostile_site import Site

_MAX_SESSION = 1 << 20
_INI = {"sessmirror.max_session_bytes": _MAX_SESSION, "sessmirror.lock_wait_ms": 300}
# What a read may need beside the session: the bytes received, the value, its payload, PHP's string
# of it, each with room to grow.
_MEMORY_MB = 8 * _MAX_SESSION / (1 << 20) + 4
_PATIENCE_S = 90  # stores are compared once a minute; one that is not is no home
_LOCKED_OUT = 4  # pages: a claim that was lost with its connection may leave a lock for a while
_UNDECODABLE = 6  # pages: one on each host in a minute, or one of each worker at a time
# Nothing but the token tells an old copy of a store that lies about it (docs/consistency.md).
_WITHOUT_TOKEN = (Finding.STALE_READ, Finding.WENT_BACK)


@dataclass(frozen=True)
class Row:
    """`allowed`: what the checker may find, because of `why`. `before`: what happens first."""

    deed: str
    promise: str
    allowed: tuple = ()
    why: str = ""
    ini: dict = field(default_factory=dict)
    short: bool = False
    short_over: tuple = ("memcached", "redis")  # engines
    before: object = None  # with the lab
    spoils_lab: bool = False  # web hosts distrust the store for a minute after it
    without_token: tuple = ()  # allowed besides where the token is not returned
    requests: int = 40  # for one page, on the average

    def judge(self, bench, site):
        strange = site.strange()
        bench.check(not strange, strange)
        if Finding.FAILED not in self.allowed:
            refused = site.forget_locked_out()
            bench.check(refused <= _LOCKED_OUT, f"{refused} pages did not get the lock")
        bench.judge(site.history, self.allowed)
        bench.judge(site.history_without_token,
                    (*self.allowed, *self.without_token, *_WITHOUT_TOKEN))


@dataclass(frozen=True)
class Forgery(Row):
    """Only encryption can tell. `today` is what its victims suffer, which the checker has to find;
    None: they see another visitor's cart. When that is over, the row is one of the lies."""

    today: Finding | None = None

    def judge(self, bench, site):
        report = check(site.history, Promises(bench.DEADLINE_S + bench.MARGIN_S))
        bench.figure(str(report))
        strange = site.strange()
        bench.check(self.today is None or not strange, strange)
        suffered = report.counts[self.today] if self.today else strange
        bench.check(suffered, f"it was noticed: {report}")
        bench.check(not report.counts[Finding.OVERTIME], f"a page took {report.slowest_s:.2f} s")


@dataclass(frozen=True)
class Undecodable(Row):
    """Nothing tells it before PHP decodes it. The page that is told it has no session; the next one
    has that of the good store, and for a minute nobody on that host believes the other one."""

    def judge(self, bench, site):
        failed = [event for history in (site.history, site.history_without_token)
                  for event in history.events if event.error]
        bench.figure(f"{len(failed)} pages had no session")
        bench.check(failed, "nobody was told it")
        bench.check(len(failed) <= _UNDECODABLE, f"{len(failed)} pages had no session")
        super().judge(bench, site)


def _run(bench, row):
    options = {"fronts": (1,), "workers": 3, "ini": {**_INI, **row.ini}}
    get_lab = bench.lab if row.before or row.spoils_lab else bench.kept_lab
    with get_lab(**options) as lab:
        site, front = Site(lab), lab.fronts[1]
        site.arrive()
        wait_until(site.settled if row.before else site.uses_all_stores, "the stores", _PATIENCE_S)
        workers = Workers(lab)
        before = site.pages
        with suffering(Hostile(front, row.deed)) as fault:
            if row.before:
                row.before(lab)
            site.go_on()
            wait_until(lambda: front.counts()["lies"] or site.look(), "a lie", _PATIENCE_S)
        _judge_workers(bench, workers, fault, row.requests * (site.pages - before))
        wait_until(site.uses_all_stores, "the stores once more", _PATIENCE_S)
        site.look()
        front.stop()
        site.look(final=True)
        front.start()
        bench.check(not workers.ended(), f"a worker of {workers.ended()} has ended")
        row.judge(bench, site)


def _judge_workers(bench, workers, fault, requests):
    grown = workers.growth_mb()
    bench.figure(f"{fault.lies} lies in {fault.requests} answers; a worker grew by {grown:.1f} MB")
    bench.check(not workers.ended(), f"a worker of {workers.ended()} has ended")
    bench.check(grown <= _MEMORY_MB, f"a worker grew by {grown:.0f} MB, allowed {_MEMORY_MB:.0f}")
    bench.check(fault.requests <= requests, f"{fault.requests} requests, allowed {requests}")


# A lock that somebody has is asked for again and again; then the page is refused.
_LOCKED = {"allowed": (Finding.FAILED,), "requests": 400,
           "why": "whoever does not get the lock gets no session"}
# A home that says that somebody else was faster is believed: the change is refused, with a warning.
_REFUSED = {"allowed": (Finding.FAILED,), "why": "a change that its home refuses is refused"}
# A damaged copy of what no other store has may be the only one.
_DAMAGED = {"allowed": (Finding.FAILED,), "why": "whoever has no session yet gets none"}

_LIES = (
    # Over Redis another page sometimes repairs the forgery onto the good store before PHP has tried
    # to decode it, and the session is lost: SECURITY.md says so, and this row finds it.
    Undecodable("forges what php cannot read", "A newer payload that PHP cannot decode.",
                allowed=(Finding.FAILED,), why="the page that is told it has no session",
                spoils_lab=True, short=True, short_over=("memcached",)),
    Row("swaps values", "Every session is told as another visitor's: it is damage.", short=True),
    Row("swaps payloads", "Header and payload are of two sessions: it is damage."),
    # A forgery for who returns no token: even encryption with the key's name tells no old value.
    Row("tells old values", "Old values are put back: a token tells them.", short=True,
        without_token=(Finding.LOST_UPDATE, Finding.SILENT_LOSS)),
    Row("tells empty values", "An empty value is damage, and not asked for again.", short=True),
    Row("tells half of values", "A value that was cut off is damage."),
    Row("flips a bit", "A value with another bit is damage."),
    Row("tells another sessions end", "A tombstone of another session ends nothing."),
    Row("damages the version", "Generation 2^32-1 under another checksum is damage."),
    Row("tells the last generation", "Generation 2^32-1, sealed as it should be, is damage."),
    Row("claims an endless length", "A header of four gigabytes is damage."),
    Row("tells a version of nothing", "Version 0 is damage."),
    Row("tells of another format", "A format that nobody knows is damage."),
)
_FORGERIES = (
    Forgery("forges another visitor", "Forgery: another's payload, sealed for this session."),
    Forgery("forges an end", "Forgery: a newer tombstone.", today=Finding.LOGGED_OUT),
    Forgery("forges an unknown codec", "Forgery: a newer value of a later release.",
            today=Finding.FAILED),
    Forgery("forges a bomb", "Forgery: a newer frame of 2^62 bytes.", today=Finding.FAILED),
)
_BREACHES = (
    Row("never answers", "It accepts and never answers.", short=True),
    Row("drips byte by byte", "Answers drip, a byte at a time.", short=True),
    Row("never ends a line", "A line has no end.", short=True),
    Row("never ends a value", "A value goes on behind its end."),
    Row("announces too much", "It announces a gigabyte."),
    Row("announces and stops", "It announces a value and sends half of it."),
    Row("announces less than nothing", "A length is negative."),
    Row("resets in mid answer", "The connection is reset in the middle of an answer."),
    Row("ends in mid answer", "The connection ends in the middle of an answer."),
    Row("says half a line", "Half a line, then silence."),
    Row("answers errors to all", "Everything is answered by an error."),
    Row("answers the question before", "Each answer is the one before.", **_DAMAGED),
    Row("answers twice", "Each answer comes twice."),
    Row("reorders answers", "Answers change places."),
    Row("answers across connections", "An answer is to another connection's question.",
        **_DAMAGED),
    Row("acknowledges without storing", "It says that it has stored, and has not.", **_LOCKED),
    Row("refuses every write", "Somebody else was always faster, it says.", **_REFUSED),
    Row("refuses every lock", "Everything is locked, it says.", **_LOCKED),
    Row("locks for nobody", "Everything is locked by a name that is none.", **_LOCKED),
    Row("lies about lifetimes", "Lifetimes are without sense."),
)


def _return_empty(lab):
    """The good store loses all it had, so that it is filled from the hostile one."""
    lab.stores[1].kill()
    lab.stores[1].start()


_OF_MEMCACHED = (
    Row("tells a wrong cas", "The CAS is another one each time.", **_REFUSED),
    Row("tells a cas of zero", "The CAS is 0."),
    Row("tells a wrong opaque", "The opaque is another one."),
    Row("tells a number that is none", "A number is larger than numbers can be."),
    Row("tells flags without end", "A line has a hundred thousand flags."),
    Row("splits into thousands", "A manifest names 4096 chunks, each larger than it says.",
        requests=2000),
    Row("is of a late version", "It says that it is of a version that it is not."),
    Row("is of no version", "Its version is no version."),
    Row("is of an endless version", "Its version has no end."),
    Row("hints at wrong tokens", "What it tells of other stores' tokens is wrong."),
    Row("lives another life each time", "It is another process whenever it is asked.",
        before=_return_empty),
    Row("lists keys without end", "The good store is filled from a list that never ends.",
        before=_return_empty, short=True),
)
_OF_REDIS = (
    Row("counts to the millions", "An array of two thousand million."),
    Row("counts below zero", "An array of less than nothing."),
    Row("nests without end", "Arrays in arrays, 200,000 deep."),
    Row("answers a number", "Everything is a number."),
    Row("answers a number that is none", "A number is larger than numbers can be."),
    Row("answers ok", "Everything is answered by OK."),
    Row("answers in another protocol", "It speaks RESP 3, which nobody has asked for."),
    Row("is for ever loading", "It is loading, it says, for ever."),
    Row("has no scripts", "It does not know the scripts that it has just taken."),
    Row("names scripts at length", "A script's name is 100 KB."),
    Row("names scripts wrongly", "A script's name is another one."),
    Row("lives another run each time", "It is another process whenever it is asked.",
        before=_return_empty),
    Row("scans without end", "The good store is filled from pages of keys that never end.",
        before=_return_empty, short=True),
    Row("sends a page without end", "The good store is filled from a page of a thousand million.",
        before=_return_empty),
)


def _register(engine, rows):
    for row in rows:
        def body(bench, row=row):
            _run(bench, row)
        body.__name__ = f"hostile_{engine}_{row.deed.replace(' ', '_')}"
        body.__doc__ = f"{engine}: {row.promise}"
        case(short=row.short and engine in row.short_over, engine=engine)(body)


_register("memcached", _LIES + _FORGERIES + _BREACHES + _OF_MEMCACHED)
_register("redis", _LIES + _FORGERIES + _BREACHES + _OF_REDIS)
