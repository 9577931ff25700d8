# SPDX-License-Identifier: BSD-3-Clause
"""Tables and charts of benchmarks/scale."""

import math

from .figures import median, spread
from .generated import Generated
from .svg import text

AXES = {"stores": "stores listed (2 copies)", "sessions": "sessions stored",
        "copies": "copies (5 stores listed)"}
# Drawn only: what many workers on few processors wait for is a processor.
_PROCESSOR_ONLY = {"workers": "workers at once (2 stores, 2 copies)"}
_STYLE = ("text{font:12px system-ui,sans-serif;fill:#222}.h{font-weight:600}.v{font-size:10px}"
          ".g{stroke:#ddd}.l{fill:none;stroke-width:2}")
_COLOURS = {"us": "#b0662e", "cpu_us": "#2f5d8a"}
_WIDTH, _HEIGHT, _GAP = 250, 150, 60


def _text_of(name, result):
    parts = [f"Measured {result['date']} on {result['machine']['cores']} cores of "
             f"{result['machine']['processor']}; load {result['machine']['load_at_start']} before.",
             f"![Cost of a cycle against the size of the site](../benchmarks/results/{name}.svg)"]
    for axis, title in AXES.items():
        lines = [f"| {title} | instructions of the worker | system calls | time in µs "
                 "| of it the worker's processor |", "|---|---|---|---|---|"]
        lines += [f"| {point['n']:,} | {point['instructions']:,} | {point['syscalls']:.1f} "
                  f"| {spread(point['us'])} | {spread(point['cpu_us'])} |"
                  for point in result[axis]]
        parts.append("\n".join(lines))
    if "workers" in result:
        parts.append(_workers(result["workers"]))
    return "\n\n".join([*parts, _worker(result["worker"])])


def _workers(points):
    lines = ["| workers at once (2 stores, 2 copies) | system calls | worker's processor in µs "
             "| context switches of the worker | cycles/s of all workers "
             "| connections to each store |", "|---|---|---|---|---|---|"]
    lines += [f"| {point['n']} | {point['syscalls']:.1f} | {spread(point['cpu_us'])} "
              f"| {spread(point['switches'], 1)} | {spread(point['per_second'])} "
              f"| {point['connections']:g} |" for point in points]
    return "\n".join(lines)


def _worker(points):
    lines = ["| stores listed | first session of a worker, ms | memory of a worker over one "
             "without a handler, KB | connections of a worker to each store |", "|---|---|---|---|"]
    lines += [f"| {point['n']} | {spread([us / 1000 for us in point['first_us']], 1)} "
              f"| {point['memory_kb']} | {point['connections']:g} |" for point in points]
    return "\n".join(lines)


def _draw(result):
    panels = {axis: title for axis, title in {**AXES, **_PROCESSOR_ONLY}.items() if axis in result}
    width = len(panels) * (_WIDTH + _GAP) + 20
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT + 100}" '
             f'role="img"><title>Cost of a changed cycle</title><style>{_STYLE}</style>'
             '<rect width="100%" height="100%" fill="#fff"/>',
             text(8, 20, "Cost of a changed cycle in µs", "h"), *_legend()]
    top = max(max(point.get("us", point["cpu_us"])) for axis in panels
              for point in result[axis]) * 1.05
    for column, (axis, title) in enumerate(panels.items()):
        parts += _panel(result[axis], 50 + column * (_WIDTH + _GAP), title, top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend():
    names = {"us": "time", "cpu_us": "of it the worker's processor"}
    parts = []
    for left, (figure, colour) in zip((220, 290), _COLOURS.items()):
        parts.append(f'<line class="l" stroke="{colour}" x1="{left}" y1="16" x2="{left + 16}" y2="16"/>')
        parts.append(text(left + 22, 20, names[figure]))
    return parts


def _panel(points, left, title, top):
    bottom = 50 + _HEIGHT
    first, last = math.log(points[0]["n"]), math.log(points[-1]["n"])

    def x(n):
        return left + (math.log(n) - first) / (last - first) * _WIDTH

    def y(value):
        return bottom - value / top * _HEIGHT
    parts = [text(left, 42, title, "v")]
    for mark in range(0, int(top) + 1, 50 if top < 400 else 200):
        parts.append(f'<line class="g" x1="{left}" y1="{y(mark):.1f}" x2="{left + _WIDTH}" '
                     f'y2="{y(mark):.1f}"/>')
        parts.append(text(left - 28, y(mark) + 4, str(mark), "v"))
    for point in points:
        parts.append(text(x(point["n"]) - 8, bottom + 16, _short(point["n"]), "v"))
    for figure, colour in _COLOURS.items():
        if figure not in points[0]:
            continue
        line = " ".join(f"{x(point['n']):.1f},{y(median(point[figure])):.1f}" for point in points)
        parts.append(f'<polyline class="l" stroke="{colour}" points="{line}"/>')
    return parts


def _short(n):
    for size, letter in ((1_000_000, "M"), (1000, "k")):
        if n >= size:
            return f"{n // size} {letter}"
    return str(n)


TABLES = Generated("scale", "docs/performance.md", _text_of,
                   lambda name, result: {f"{name}.svg": _draw(result)})
