# SPDX-License-Identifier: BSD-3-Clause
"""Tables and charts of benchmarks/run."""

from . import chart
from .budgets import BUDGETS, speed_ratios
from .contenders import CONTENDERS
from .figures import median, spread
from .generated import Generated
from .measure import FURTHER_KINDS, KINDS

_FIGURES = {"round_trips": "cross-host round trips", "bytes": "cross-host bytes",
            "syscalls": "system calls", "connections": "new connections", "us": "cycles/s"}


def _text(name, result):
    parts = [_machine(result)]
    for kilobytes, size in result["sizes"].items():
        parts.append(f"### {kilobytes} KB sessions")
        parts.append(f"![Costs of a cycle with {kilobytes} KB](results/{name}-{kilobytes}kb.svg)")
        parts += [_table(size, kind) for kind in (*KINDS, *FURTHER_KINDS)
                  if any(kind in figures for figures in size["contenders"].values())]
    return "\n\n".join([*parts, _budgets(result)])


def _charts(name, result):
    return {f"{name}-{kilobytes}kb.svg": chart.draw(size["contenders"], kilobytes)
            for kilobytes, size in result["sizes"].items()}


def _machine(result):
    machine = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    links = ", ".join(dict.fromkeys(
        f"{ms:.1f} ms" for size in result["sizes"].values() for ms in size["links_ms"]))
    return (f"Measured {result['date']} on {machine['cores']} cores of {machine['processor']}, "
            f"{machine['memory_gib']} GiB, Linux {machine['kernel']}; load "
            f"{machine['load_at_start']} before and {machine['load_at_end']} after. {versions}. "
            f"{result['sessions']} sessions, {result['rounds']} rounds; "
            f"links of {links} there and back for the round trips.")


def _table(size, kind):
    rows = [f"**{kind.capitalize()} request**, per cycle; median (smallest .. largest)", "",
            "| handler | cross-host round trips | packets | bytes | system calls | new connections "
            "| time in µs | of it the worker's processor | cycles/s against `files` | copies |",
            "|---|---|---|---|---|---|---|---|---|---|"]
    contenders = size["contenders"]
    for name, figures in contenders.items():
        mine = figures.get(kind)
        if not mine:
            continue
        ratios = speed_ratios(contenders, name, "files", kind)
        cells = [CONTENDERS[name].title, spread(mine.get("round_trips"), 2),
                 spread(mine["packets"], 1), spread(mine["bytes"], 0),
                 spread(mine["syscalls"], 1), spread(mine["connections"], 1),
                 spread(mine["us"], 0), spread(mine["cpu_us"], 0),
                 f"{median(ratios):.3f}" if ratios else "-", f"{figures['copies']:.2g}"]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _budgets(result):
    rows = ["### What a cycle of sessmirror may cost", "",
            "| what | session | measured | budget | |", "|---|---|---|---|---|"]
    for budget in BUDGETS:
        size = result["sizes"].get(str(budget.kilobytes))
        values = budget.measured(size["contenders"]) if size else []
        if not values:
            continue
        what = f"{_FIGURES[budget.figure]}, {budget.kind}, {CONTENDERS[budget.contender].title}"
        if budget.against:
            what += f", against `{budget.against}`"
        sign = "≥" if budget.is_minimum else "≤"
        rows.append(f"| {what} | {budget.kilobytes} KB | {spread(values, 2)} | "
                    f"{sign} {budget.limit:g} | {budget.verdict(values)} |")
    return "\n".join(rows)


TABLES = Generated("run", "benchmarks/README.md", _text, _charts)
