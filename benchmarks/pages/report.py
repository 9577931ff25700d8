# SPDX-License-Identifier: BSD-3-Clause
"""Tables and charts of benchmarks/load."""

import math
from html import escape

from e2e.generated import Generated
from e2e.svg import text

from .contenders import CONTENDERS, LATE, SLOW_MS

_STATES = {"healthy": "both stores well", "dead": "one store killed", "hung": "one store hung",
           "slow": f"one store {SLOW_MS} ms slow"}
_QUANTILES = ("p50", "p95", "p99", "p99.9")
_COLOURS = {"sessmirror": "#2f5d8a", "other": "#b0662e"}
_STYLE = "text{font:12px system-ui,sans-serif;fill:#222}.h{font-weight:600}.g{stroke:#ddd}.v{font-size:10px;fill:#555}"
_LEFT, _WIDTH, _TOP, _ROW = 240, 520, 50, 24


def _text_of(name, result):
    machine = result["machine"]
    versions = ", ".join(f"{what} {version}" for what, version in machine["versions"].items())
    parts = [f"Measured {result['date']} on {machine['cores']} cores of {machine['processor']}, "
             f"Linux {machine['kernel']}; load {machine['load_at_start']} before. {versions}. "
             f"{result['seconds']} s for each row."]
    for state, title in _STATES.items():
        rows = [row for row in result["rows"] if row["state"] == state]
        rows = [row for row in rows if not CONTENDERS[row["contender"]].only_reads]
        if rows:
            parts += [f"#### {title[0].upper()}{title[1:]}",
                      f"![{title}](../benchmarks/results/{name}-{state}.svg)", _table(rows)]
    reads = [row for row in result["rows"] if CONTENDERS[row["contender"]].only_reads]
    if reads:
        parts += ["#### Hedged reads, while one store is late", _table_of_reads(reads)]
    return "\n\n".join(parts)


def _table_of_reads(rows):
    lines = ["| state | handler | pages/s | p50 | p95 | p99 | p99.9 | slowest "
             "| in session calls | pages that failed |", "|---" * 10 + "|"]
    for state in LATE:
        for row in (row for row in rows if row["state"] == state):
            times = " | ".join(_ms(row[quantile]) for quantile in (*_QUANTILES, "slowest"))
            lines.append(f"| {_STATES[state]} | {CONTENDERS[row['contender']].title} "
                         f"| {row['pages'] / row['seconds']:.0f} | {times} "
                         f"| {row['session_share']:.0%} | {row['failed']} of {row['pages']} |")
    return "\n".join(lines)


def _table(rows):
    lines = ["| handler | workers on each host | pages/s | p50 | p95 | p99 | p99.9 | slowest "
             "| in session calls, median | pages that failed |", "|---" * 10 + "|"]
    for row in rows:
        times = " | ".join(_ms(row[quantile]) for quantile in (*_QUANTILES, "slowest"))
        lines.append(f"| {CONTENDERS[row['contender']].title} | {row['workers']} "
                     f"| {row['pages'] / row['seconds']:.0f} | {times} "
                     f"| {_ms(row['session_p50'])}, {row['session_share']:.0%} "
                     f"| {row['failed']} of {row['pages']} |")
    return "\n".join(lines)


def _ms(seconds):
    ms = seconds * 1000
    return f"{ms:.0f} ms" if ms >= 100 else f"{ms:.1f} ms" if ms >= 1 else f"{ms:.2f} ms"


def _charts(name, result):
    """One for each state: at the number of workers that all states have."""
    workers = result["fault_workers"]
    charts = {}
    for state, title in _STATES.items():
        rows = [row for row in result["rows"]
                if row["state"] == state and row["workers"] == workers]
        if rows:
            charts[f"{name}-{state}.svg"] = _draw(rows, f"{title}, {workers} workers on each host")
    return charts


def _draw(rows, title):
    """A line from the median to the 99.9th percentile, in a logarithmic scale."""
    height = _TOP + len(rows) * _ROW + 30
    low = min(row["p50"] for row in rows) / 1.5
    high = max(row["p99.9"] for row in rows) * 1.5
    scale = _WIDTH / math.log(high / low)

    def place(seconds):
        return _LEFT + math.log(max(seconds, low) / low) * scale
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 90} {height}"'
             f' role="img"><title>{escape(title)}</title><style>{_STYLE}</style>'
             f'<rect width="100%" height="100%" fill="#fff"/>',
             text(8, 20, f"Time of a page: {title}", "h"),
             text(_LEFT, 38, "dot: median; ticks: 95 %, 99 %; end: 99.9 %", "v")]
    for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        for factor in (1,) if high / low > 500 else (1, 2, 5):
            mark = factor * 10.0**power
            if low <= mark <= high:
                x = place(mark)
                parts.append(f'<line class="g" x1="{x:.1f}" y1="{_TOP - 6}" x2="{x:.1f}" '
                             f'y2="{height - 26}"/>')
                parts.append(text(x - 12, height - 10, f"{mark * 1000:g} ms", "v"))
    for number, row in enumerate(rows):
        parts += _row(row, _TOP + number * _ROW + 10, place)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(row, y, place):
    own = row["contender"].startswith("sessmirror")
    colour = _COLOURS["sessmirror" if own else "other"]
    first, *ticks, last = (place(row[quantile]) for quantile in _QUANTILES)
    parts = [text(8, y + 4, CONTENDERS[row["contender"]].title),
             f'<line x1="{first:.1f}" y1="{y}" x2="{last:.1f}" y2="{y}" stroke="{colour}" '
             f'stroke-width="3"/>',
             f'<circle cx="{first:.1f}" cy="{y}" r="5" fill="{colour}"/>']
    parts += [f'<line x1="{x:.1f}" y1="{y - 6}" x2="{x:.1f}" y2="{y + 6}" stroke="{colour}" '
              f'stroke-width="2"/>' for x in (*ticks, last)]
    note = f", {row['failed']} failed" if row["failed"] else ""
    return [*parts, text(last + 8, y + 4, f"{_ms(row['p99.9'])}{note}", "v")]


TABLES = Generated("load", "docs/performance.md", _text_of, _charts)
