# SPDX-License-Identifier: BSD-3-Clause
"""Tables and charts of benchmarks/run."""

from . import ahead, chart
from .budgets import BUDGETS, MODES, other_rows, speed_ratios
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
        parts += _tables(size)
        parts += _in_words(size)
    return "\n\n".join([*parts, *_faults(result), _budgets(result), ahead.tables(result)])


def _tables(size):
    contenders = size["contenders"]
    main, variants = _parted(contenders)
    for kind in (*KINDS, *FURTHER_KINDS):
        if any(kind in figures for figures in main.values()):
            yield _table(f"**{kind.capitalize()} request**", contenders, main, kind)
    refusing = [f"{CONTENDERS[name].title}" for name in main if "refuses" in main[name]]
    if refusing:
        yield f"Sessions of this size are refused by: {'; '.join(refusing)}."
    if variants:
        for kind in KINDS:
            yield _table(f"**{kind.capitalize()} request, by number of copies, and with polling**", contenders,
                         _by_copies(contenders, variants), kind)


def _parted(contenders):
    """Those of the main tables, and those that differ by their number of copies."""
    variants = {name: figures for name, figures in contenders.items()
                if CONTENDERS[name].is_variant}
    return {name: contenders[name] for name in contenders if name not in variants}, variants


def _by_copies(contenders, variants):
    """Beside those with two copies."""
    names = {*variants, *(name for name in MODES if name in contenders)}
    order = sorted(names, key=lambda name: (CONTENDERS[name].ini["sessmirror.locking"],
                                            CONTENDERS[name].copies, name))
    return {name: contenders[name] for name in order}


def _in_words(size):
    """What a link costs a page, beside the idle wire."""
    figures = size["contenders"].get("sessmirror-on", {})
    extra = [median(figures[kind]["near_ms"]) - median(figures[kind]["us"]) / 1000
             for kind in ("changed", "unchanged") if "near_ms" in figures.get(kind, {})]
    if len(extra) == 2:
        yield (f"At {size['links_ms'][0]:.1f} ms link round trip, a locked, changed request costs "
               f"{extra[0]:.1f} ms more than on the idle wire, a locked, unchanged one "
               f"{extra[1]:.1f} ms.")


def _faults(result):
    for fault, figures in result.get("faults", {}).items():
        rows = [f"### One store {fault}", "",
                "| handler | cycles | failed | above 100 ms, by host | longest in ms |",
                "|---|---|---|---|---|"]
        for name, each in figures.items():
            rows.append(f"| {CONTENDERS[name].title} | {each['cycles']} | {each['failed']} | "
                        f"{' + '.join(map(str, each['slow']))} | {each['longest_ms']:.0f} |")
        yield "\n".join(rows)


def _charts(name, result):
    return {f"{name}-{kilobytes}kb.svg": chart.draw(_complete(size), kilobytes)
            for kilobytes, size in result["sizes"].items()}


def _complete(size):
    main, _ = _parted(size["contenders"])
    return {name: figures for name, figures in main.items() if "refuses" not in figures}


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


_COLUMNS = ("handler", "cross-host round trips", "packets", "bytes", "system calls",
            "new connections", "instructions", "time in µs", "of it the worker's processor",
            "cycles/s against `files`", "copies")


def _table(title, contenders, shown, kind):
    rows = [f"{title}, per cycle; median (smallest .. largest)", "",
            f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"]
    for name, figures in shown.items():
        mine = figures.get(kind)
        if not mine:
            continue
        ratios = speed_ratios(contenders, name, "files", kind)
        instructions = mine.get("instructions")
        cells = [CONTENDERS[name].title, spread(mine.get("round_trips"), 2),
                 spread(mine["packets"], 1), spread(mine["bytes"], 0),
                 spread(mine.get("syscalls"), 1), spread(mine.get("connections"), 1),
                 f"{median(instructions):,.0f}" if instructions else "-",
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
    for what, name, measured, limit in other_rows(result):
        rows.append(f"| {what}, {CONTENDERS[name].title} | 1 KB | {measured:g} | ≤ {limit:g} | "
                    f"{'met' if measured <= limit else '**missed**'} |")
    return "\n".join(rows)


TABLES = Generated("run", "benchmarks/README.md", _text, _charts)
