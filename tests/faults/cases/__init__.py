# SPDX-License-Identifier: BSD-3-Clause
"""The fault tests. Importing the package registers all of them in bench.CASES."""

from . import (all_stores, caches, concurrency, deploy, destroy, firewall, headers, hostile, instruments,
               left_locks, membership, middle_of_writes, migration, notice, one_store, refill, rows_of_requests,
               rows_of_stores, secrets, traffic, under_fault, worker)
from .bench import CASES, Bench, Failure, Skipped
from .row import ROWS

__all__ = ["CASES", "ROWS", "Bench", "Failure", "Skipped", "all_stores", "caches", "concurrency",
           "deploy", "destroy", "firewall", "headers", "hostile", "instruments", "left_locks", "membership",
           "middle_of_writes", "migration", "notice", "one_store", "refill", "rows_of_requests",
           "rows_of_stores", "secrets", "traffic", "under_fault", "worker"]
