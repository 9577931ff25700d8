# SPDX-License-Identifier: BSD-3-Clause
"""What one session cycle costs on two hosts, for this handler and for others."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
RESULTS = BENCHMARKS / "results"

# The hosts, their stores and the network between them are those of the fault tests.
sys.path.insert(0, str(BENCHMARKS.parent / "tests" / "faults"))
