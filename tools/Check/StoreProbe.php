<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Check;

/** Asks the stores themselves how they are, over connections of its own and with questions that change nothing. */
final class StoreProbe
{
    private const MEMCACHED = "version\r\nstats\r\n";
    private const REDIS = "INFO\r\nTIME\r\nPING\r\n";

    /**
     * @param list<string> $names as sessmirror_status() has them
     * @return list<StoreFacts> of those that are servers
     */
    public static function ask(array $names, float $timeout_s): array
    {
        $addresses = array_values(array_filter(array_map(Address::of(...), $names)));
        $exchanges = array_map(fn (Address $address) => new Exchange($address,
            $address->is_redis ? self::REDIS : self::MEMCACHED,
            $address->is_redis ? self::isWholeOfRedis(...) : self::isWholeOfMemcached(...)), $addresses);
        Exchange::run($exchanges, $timeout_s);
        return array_map(self::facts(...), $addresses, $exchanges);
    }

    private static function facts(Address $address, Exchange $exchange): StoreFacts
    {
        if ($exchange->trouble !== null)
            return new StoreFacts($address->name, $address->is_redis, $exchange->trouble);
        return $address->is_redis ? self::ofRedis($address->name, $exchange->answer)
            : self::ofMemcached($address->name, $exchange->answer);
    }

    private static function isWholeOfMemcached(string $answer): bool
    {
        return str_ends_with($answer, "END\r\n") || preg_match('/^(?!VERSION |STAT )[^\r]*\r\n/m', $answer) === 1;
    }

    private static function isWholeOfRedis(string $answer): bool
    {
        return str_ends_with($answer, "+PONG\r\n") || preg_match('/(?:-[^\r]*\r\n){3}$/', $answer) === 1;
    }

    private static function ofMemcached(string $name, string $answer): StoreFacts
    {
        if (preg_match('/^VERSION (\S+)\r\n/', $answer, $version) !== 1)
            return new StoreFacts($name, false, 'is no memcached: it answers "'
                . substr((string) strtok($answer, "\r\n"), 0, 60) . '"');
        preg_match_all('/^STAT (\S+) (\S+)\r$/m', $answer, $found);
        $stats = array_combine($found[1], $found[2]);
        $number = fn (string $key) => (int) ($stats[$key] ?? 0);
        return new StoreFacts($name, false, null, false, $version[1],
            isset($stats['time']) ? $number('time') - microtime(true) : null,
            $number('bytes'), $number('limit_maxbytes'), $number('evictions'), $number('curr_connections'),
            $number('max_connections'), $number('uptime'));
    }

    private static function ofRedis(string $name, string $answer): StoreFacts
    {
        if (preg_match('/^-(NOAUTH|NOPERM|WRONGPASS|DENIED)/', $answer) === 1)
            return new StoreFacts($name, true, null, true);
        if (preg_match('/^redis_version:(\S+)\r$/m', $answer, $version) !== 1)
            return new StoreFacts($name, true, 'is no Redis: it answers "'
                . substr((string) strtok($answer, "\r\n"), 0, 60) . '"');
        preg_match_all('/^(\w+):([^\r]*)\r$/m', $answer, $found);
        $info = array_combine($found[1], $found[2]);
        $number = fn (string $key) => (int) ($info[$key] ?? 0);
        $has_time = preg_match('/\*2\r\n\$\d+\r\n(\d+)\r\n\$\d+\r\n(\d+)\r\n/', $answer, $time) === 1;
        return new StoreFacts($name, true, null, false, $version[1],
            $has_time ? $time[1] + $time[2] / 1e6 - microtime(true) : null,
            $number('used_memory'), $number('maxmemory'), $number('evicted_keys'), $number('connected_clients'),
            $number('maxclients'), $number('uptime_in_seconds'), $info['maxmemory_policy'] ?? '', $info['role'] ?? '');
    }
}
