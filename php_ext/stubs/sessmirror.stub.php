<?php

/**
 * @generate-function-entries
 */

/**
 * The pool as this worker sees it, and what all workers of this host have counted.
 * @return array{version: string, host: string, local: string|null, stores: list<array{name: string, local: bool, up: bool, weight: int, down_for_s: float, latency_us: int, requests: int, errors: int}>, counters: array<string, int>}
 */
function sessmirror_status(): array {}
