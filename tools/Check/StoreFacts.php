<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Check;

/** What a store says of itself; null or 0 for what it does not tell. */
final class StoreFacts
{
    /** @param ?string $trouble why it does not answer; null: it does */
    public function __construct(
        public readonly string $name,
        public readonly bool $is_redis,
        public readonly ?string $trouble,
        public readonly bool $wants_password = false,
        public readonly ?string $version = null,
        public readonly ?float $clock_ahead_s = null,  // compared with this host's
        public readonly int $memory_used = 0,
        public readonly int $memory_limit = 0,
        public readonly int $evictions = 0,
        public readonly int $connections = 0,
        public readonly int $max_connections = 0,
        public readonly int $uptime_s = 0,
        public readonly string $policy = '',
        public readonly string $role = '',
    ) {}

    /** @return array<string, mixed> */
    public function toRow(): array
    {
        return get_object_vars($this);
    }
}
