#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Turns the report of a test runner into result lines: passed|failed|skipped TAB step TAB name.

Formats: `junit` (ctest --output-junit, GoogleTest --gtest_output=xml), `phpt` (run-tests.php -W), `closing-line` (the log of a script
that ends with "N passed, N failed[, N skipped]"). A skip is a failure unless it is allowed by name. A
report that is missing or holds no case is a failure too: a suite that did not run has not passed.
Summaries for people go to stderr; the exit code is 1 if anything failed.
"""
import argparse
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

PHPT_STATUS = {"PASSED": "passed", "SKIPPED": "skipped", "XFAILED": "skipped"}
CLOSING_LINE = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


def junit_name(case):
    """ctest's reports have the whole name twice, GoogleTest's the suite and the case."""
    suite, name = case.get("classname"), case.get("name")
    return name if suite in (None, name) else f"{suite}.{name}"


def junit_cases(path):
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.get("status") == "fail":
            yield "failed", junit_name(case)
        elif case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
            yield "skipped", junit_name(case)
        else:
            yield "passed", junit_name(case)


def phpt_cases(path, root):
    with open(path, encoding="utf-8", errors="replace") as report:
        for line in report:
            status, _, test = line.rstrip("\n").partition("\t")
            name = os.path.relpath(test, root) if os.path.isabs(test) else test
            yield PHPT_STATUS.get(status, "failed"), name


def closing_line_cases(path, name, exit_code):
    with open(path, encoding="utf-8", errors="replace") as log:
        matches = [match for match in map(CLOSING_LINE.match, map(str.rstrip, log)) if match]
    passed, failed, skipped = (int(n or 0) for n in matches[-1].groups()) if matches else (0, 0, 0)
    if exit_code != 0 and failed == 0:
        yield "failed", f"{name}: exit code {exit_code}"
    for status, count in (("passed", passed), ("failed", failed), ("allowed", skipped)):
        for number in range(1, count + 1):
            yield status, f"{name} {number}"


def read_allowed(path):
    """Names that may be skipped: the first word of each line that is not a comment."""
    if not path or not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as lines:
        return {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


def judge(cases, allowed):
    for status, name in cases:
        if status == "allowed" or (status == "skipped" and name in allowed):
            yield "skipped", name
        elif status == "skipped":
            yield "failed", f"{name} (skipped, and not allowed to be)"
        else:
            yield status, name


def cases_of(options):
    if options.format == "junit":
        return junit_cases(options.report)
    if options.format == "phpt":
        return phpt_cases(options.report, options.root)
    return closing_line_cases(options.report, options.name, options.exit_code)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("format", choices=["junit", "phpt", "closing-line"])
    parser.add_argument("report")
    parser.add_argument("--step", required=True)
    parser.add_argument("--root", default="/", help="phpt: names are shown relative to it")
    parser.add_argument("--allowed-skips", help="file of names that may be skipped")
    parser.add_argument("--name", default="case", help="closing-line: what one case is called")
    parser.add_argument("--exit-code", type=int, default=0, help="closing-line: of the script")
    return parser.parse_args()


def main():
    options = parse_options()
    try:
        judged = list(judge(cases_of(options), read_allowed(options.allowed_skips)))
    except (OSError, ElementTree.ParseError) as error:
        judged = [("failed", f"no report: {error}")]
    if not judged:
        judged = [("failed", f"{options.report} holds no case")]

    for status, name in judged:
        print(status, options.step, name, sep="\t")
        if status == "failed":
            print(f"FAIL  {name}", file=sys.stderr)
    counts = {status: sum(1 for s, _ in judged if s == status) for status in ("passed", "failed", "skipped")}
    print(", ".join(f"{count} {status}" for status, count in counts.items()), file=sys.stderr)
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
