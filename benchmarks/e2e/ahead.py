# SPDX-License-Identifier: BSD-3-Clause
"""Whether this handler costs less than others, figure by figure."""

from .budgets import speed_ratios
from .contenders import CONTENDERS
from .figures import around_median, spread
from .measure import KINDS

# Which give the same promise about two requests at the same time.
_LOCKING = (("sessmirror-on", "sessmirror-on-zstd"),
            ("memcache", "memcached-lock", "memcached-persistent-lock", "redis-lock"))
_WITHOUT = (("sessmirror-optimistic", "sessmirror-off", "sessmirror-off-zstd", "sessmirror-off-one"),
            ("memcached-nolock", "memcached-persistent", "redis-nolock", "redis-persistent"))
# What two acknowledged copies cost on this machine at the least, beside the quickest that awaits one.
_LEAST = (("floor-blind",), ("memcached-persistent",))
_COSTS = {"round_trips": "round trips", "bytes": "bytes", "syscalls": "system calls",
          "connections": "new connections"}
_NOISE = {"round_trips": 0.05}  # measured with a clock; the others are counted


def tables(result):
    parts = []
    for kilobytes, size in result["sizes"].items():
        rows = [row for kind in KINDS for ours, peers in (_LOCKING, _WITHOUT, _LEAST)
                for mine in ours for peer in peers
                for row in _row(size["contenders"], kind, mine, peer)]
        if rows:
            parts.append("\n".join([
                f"**{kilobytes} KB**", "",
                f"| session cycle | handler | beside | {' | '.join(_COSTS.values())} | cycles/s |",
                "|---|---|---|" + "---|" * (len(_COSTS) + 1), *rows]))
    return "\n\n".join(["### Ahead of peers?", _EXPLANATION, *parts])


_EXPLANATION = """Ours divided by theirs, median (smallest .. largest over rounds). *yes*: ours costs less, or makes more
cycles in a second; *no*: it costs more; *even*: the same, or it cannot be told: of up to eight rounds all have to agree,
of more all but the outermost, so that the median is on that side with a certainty of 93 % at least.
`memcached` over persistent connections waits for one copy only, and may not have sent the other. Of two
acknowledged copies the least is the *C floor* that sends them at once and reads nothing: where this floor is not
ahead, no handler can be that stores two over such connections. `memcache` compresses
sessions from 20 KB on, the others never: beside it the rows with *zstd* tell about bytes, beside the others those without."""


def _row(contenders, kind, mine, peer):
    ours, theirs = (contenders.get(name, {}).get(kind) for name in (mine, peer))
    if not ours or not theirs:
        return
    cells = [_cost(ours.get(figure) or [], theirs.get(figure) or [], _NOISE.get(figure, 0))
             for figure in _COSTS]
    cells.append(_speed(speed_ratios(contenders, mine, peer, kind)))
    yield "| " + " | ".join([kind, CONTENDERS[mine].title, CONTENDERS[peer].title, *cells]) + " |"


def _cost(ours, theirs, noise):
    """Costs of the same round belong together; what was counted once is compared once."""
    pairs = list(zip(ours, theirs))
    if not pairs:
        return "-"
    differences = [b - a for a, b in pairs]
    ratios = [a / b for a, b in pairs if b > noise]
    verdict = _verdict(differences, max(noise, 1e-9))
    return f"{verdict}, {spread(ratios, 2)}" if len(ratios) == len(pairs) else verdict


def _speed(ratios):
    return f"{_verdict([ratio - 1 for ratio in ratios], 0)}, {spread(ratios, 2)}" if ratios else "-"


def _verdict(advantages, noise):
    sure = around_median(advantages)
    if all(each > noise for each in sure):
        return "yes"
    return "**no**" if all(each < -noise for each in sure) else "even"
