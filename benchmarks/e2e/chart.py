# SPDX-License-Identifier: BSD-3-Clause
"""Draws a result as SVG: one panel for each cost, one row for each contender, two bars in each row.
The thin line on a bar reaches from the smallest to the largest value."""

from .contenders import CONTENDERS
from .figures import median
from .measure import KINDS
from .svg import text

_PANELS = (("round_trips", "cross-host round trips", 1), ("bytes", "cross-host bytes", 0),
           ("syscalls", "system calls", 1), ("us", "time in µs", 0))
_COLOURS = {"unchanged": "#4c9f70", "changed": "#2f5d8a"}
_NAMES, _PANEL, _GAP = 345, 190, 55  # widths
_OVER = 14                           # of a line beyond its panel, at most
_TOP, _ROW, _BAR = 64, 36, 13        # heights
_STYLE = ("text{font:12px system-ui,sans-serif;fill:#222}.v{font-size:10px;fill:#555}"
          ".h{font-weight:600}.w{stroke:#222;stroke-width:1}.a{stroke:#ccc}")


def draw(contenders, kilobytes):
    width = _NAMES + len(_PANELS) * (_PANEL + _GAP)
    height = _TOP + len(contenders) * _ROW + 12
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
             f"<title>Costs of one session cycle, {kilobytes} KB, two hosts</title>",
             f"<style>{_STYLE}</style>", f'<rect width="{width}" height="{height}" fill="#fff"/>']
    parts += _legend(kilobytes)
    for row, name in enumerate(contenders):
        parts.append(text(8, _TOP + row * _ROW + 18, CONTENDERS[name].title))
    for column, (figure, title, digits) in enumerate(_PANELS):
        left = _NAMES + column * (_PANEL + _GAP)
        parts += _panel(contenders, left, figure, title, digits)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend(kilobytes):
    parts = [text(8, 20, f"One session cycle, {kilobytes} KB, two hosts", "h")]
    for place, kind in enumerate(KINDS):
        left = 300 + place * 150
        parts.append(f'<rect x="{left}" y="10" width="12" height="12" fill="{_COLOURS[kind]}"/>')
        parts.append(text(left + 18, 20, f"{kind} request"))
    return parts


def _panel(contenders, left, figure, title, digits):
    known = [value for figures in contenders.values() for kind in KINDS
             for value in [median(figures[kind].get(figure) or [])] if value is not None]
    scale = _PANEL / (max(known, default=0) or 1)
    bottom = _TOP + len(contenders) * _ROW
    parts = [text(left, 50, title, "h"),
             f'<line class="a" x1="{left}" y1="{_TOP - 6}" x2="{left}" y2="{bottom}"/>']
    for row, figures in enumerate(contenders.values()):
        for place, kind in enumerate(KINDS):
            top = _TOP + row * _ROW + place * (_BAR + 1)
            parts += _bar(left, top, figures[kind].get(figure), scale, _COLOURS[kind], digits)
    return parts


def _bar(left, top, values, scale, colour, digits):
    if not values:
        return [text(left + 4, top + 10, "-", "v")]
    middle = median(values)
    length = max(middle * scale, 0)
    low, high = (left + min(max(value, 0) * scale, _PANEL + _OVER)
                 for value in (min(values), max(values)))
    line = top + _BAR / 2
    return [
        f'<rect x="{left}" y="{top}" width="{length:.1f}" height="{_BAR}" fill="{colour}"/>',
        f'<line class="w" x1="{low:.1f}" y1="{line}" x2="{high:.1f}" y2="{line}"/>',
        text(max(left + length, high) + 4, top + 10,
             f"{abs(round(middle, digits)):.{digits}f}", "v"),
    ]
