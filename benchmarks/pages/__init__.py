# SPDX-License-Identifier: BSD-3-Clause
"""A page under load: php-fpm and nginx on two hosts, and visitors who wait for nothing."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
RESULTS = BENCHMARKS / "results"

# The hosts, their stores and what befalls them are those of the fault tests.
sys.path.insert(0, str(BENCHMARKS.parent / "tests" / "faults"))
