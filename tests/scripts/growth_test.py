#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The reports of benchmarks/scale and benchmarks/load show the series that a result has, and no others."""
import json
import pathlib
import sys
import unittest

BENCHMARKS = pathlib.Path(__file__).resolve().parents[2] / "benchmarks"
sys.dont_write_bytecode = True
sys.path.insert(0, str(BENCHMARKS))

from e2e import growth
from pages import report

WORKERS = [{"n": n, "connections": n, "cpu_us": [80.0], "per_second": [7000.0], "switches": [3.0],
            "syscalls": 7.5} for n in (1, 256)]
READS = {"state": "slow", "workers": 16, "contender": "sessmirror-reads", "seconds": 1.0, "pages": 9,
         "failed": 0, "session_share": 0.5, "session_p50": 0.001,
         **dict.fromkeys(("p50", "p95", "p99", "p99.9", "slowest"), 0.01)}


def load(name):
    return json.loads((BENCHMARKS / f"results/{name}.json").read_text())


class Reports(unittest.TestCase):
    def test_workers_are_shown_where_they_were_measured(self):
        result = load("scale")
        result.pop("workers", None)
        for measured in (False, True):
            result.update({"workers": WORKERS} if measured else {})
            for made in (growth._text_of("scale", result), growth._draw(result)):
                self.assertEqual("workers at once" in made, measured)

    def test_hedged_reads_have_a_table_of_their_own(self):
        result = load("page-load")
        result["rows"] = [row for row in result["rows"] if "reads" not in row["contender"]]
        self.assertNotIn("only reads", report._text_of("page-load", result))
        result["rows"].append(READS)
        text = report._text_of("page-load", result)
        self.assertEqual(text.count("only reads, hedged"), 1)
        self.assertGreater(text.index("only reads, hedged"), text.index("#### Hedged reads"))


if __name__ == "__main__":
    unittest.main()
