# SPDX-License-Identifier: BSD-3-Clause
"""The fault tests. Importing the package registers all of them in bench.CASES."""

from . import (all_stores, concurrency, deploy, destroy, instruments, left_locks, membership,
               middle_of_writes, notice, one_store, refill, traffic, under_fault, worker)
from .bench import CASES, Bench, Failure, Skipped

__all__ = ["CASES", "Bench", "Failure", "Skipped", "all_stores", "concurrency", "deploy", "destroy",
           "instruments", "left_locks", "membership", "middle_of_writes", "notice", "one_store",
           "refill", "traffic", "under_fault", "worker"]
