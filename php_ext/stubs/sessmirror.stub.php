<?php

/**
 * @generate-function-entries
 */

/**
 * The pool as this worker sees it, and what all workers of this host have counted.
 * @return array{version: string, host: string, scope: string, configuration: string, local: string|null, stores: list<array{name: string, local: bool, up: bool, weight: int, state: string, refill_listed: int, refill_seen: int, refill_copied: int, down_for_s: float, latency_us: int, requests: int, errors: int}>, counters: array<string, int>}
 */
function sessmirror_status(): array {}

/**
 * Compares every store with its peers and copies what it lacks, now and not between pages. Without a callback it draws
 * a progress bar on the command line; a callback is told several times a second how much is done (0 to 1), and ends the
 * work by returning false.
 * @return list<array{name: string, compared: int, copied: int, error: string|null}>
 */
function sessmirror_refill(?callable $progress = null): array {}
