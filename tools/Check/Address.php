<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Check;

/** Where a store is, by the name that sessmirror_status() gives it. */
final class Address
{
    private function __construct(
        public readonly string $name,
        public readonly bool $is_redis,
        public readonly string $transport,  // for stream_socket_client()
    ) {}

    /** Null for a store that cannot be asked here: the embedded one, and a MariaDB, which wants a login. */
    public static function of(string $name): ?self
    {
        if (preg_match('~^(?:lmdb|mysql):~', $name) === 1) return null;
        $is_redis = str_starts_with($name, 'redis://');
        $place = $is_redis ? substr($name, strlen('redis://')) : $name;
        if (str_starts_with($place, '/')) return new self($name, $is_redis, 'unix://' . strtok($place, '?'));
        $place = strtok($place, '/?');
        return $place === false ? null : new self($name, $is_redis, "tcp://$place");
    }
}
