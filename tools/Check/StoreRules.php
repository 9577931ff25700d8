<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Check;

use Sessmirror\Finding;
use Sessmirror\Format;
use Sessmirror\Severity;

/** What the facts about a store mean for the sessions on it. */
final class StoreRules
{
    private const MEMCACHED_NEEDED = '1.4.8';
    private const MEMCACHED_META = '1.6.10';
    private const MEMCACHED_BETTER = '1.6.27';
    private const REDIS_NEEDED = '2.8.12';
    private const CLOCK_S = 3.0;  // copies are judged by their times with 5 s of slack
    private const FULL = 0.9;

    /** @return list<Finding> */
    public static function of(StoreFacts $facts): array
    {
        if ($facts->trouble !== null)
            return [new Finding(Severity::Warning, $facts->name, $facts->trouble,
                'Start the store, or open the way to it from this host (address, firewall, permissions of the socket).')];
        if ($facts->wants_password)
            return [new Finding(Severity::Notice, $facts->name,
                'answers, and tells this command nothing without a password', '')];
        return array_values(array_filter([self::version($facts), self::clock($facts), self::memory($facts),
            self::evictions($facts), self::connections($facts), self::policy($facts), self::role($facts)]));
    }

    private static function version(StoreFacts $facts): ?Finding
    {
        $needed = $facts->is_redis ? self::REDIS_NEEDED : self::MEMCACHED_NEEDED;
        if (version_compare($facts->version, $needed, '<'))
            return new Finding(Severity::Critical, $facts->name, "version $facts->version is too old",
                "Install $needed or newer.");
        if ($facts->is_redis || version_compare($facts->version, self::MEMCACHED_BETTER, '>=')) return null;
        if (version_compare($facts->version, self::MEMCACHED_META, '<'))
            return new Finding(Severity::Notice, $facts->name, "memcached $facts->version has no meta commands",
                self::MEMCACHED_META . ' or newer sends less; docs/configuration-stores.md has a table.');
        return new Finding(Severity::Notice, $facts->name, "memcached $facts->version is new enough",
            self::MEMCACHED_BETTER . ' or newer saves some packets and memory.');
    }

    private static function clock(StoreFacts $facts): ?Finding
    {
        if ($facts->clock_ahead_s === null || abs($facts->clock_ahead_s) < self::CLOCK_S) return null;
        $text = sprintf('its clock is %.0f s %s this host\'s', abs($facts->clock_ahead_s),
            $facts->clock_ahead_s > 0 ? 'ahead of' : 'behind');
        return new Finding(Severity::Warning, $facts->name, $text,
            'Keep the clocks of all hosts within 5 s (NTP, chrony).');
    }

    private static function memory(StoreFacts $facts): ?Finding
    {
        if ($facts->memory_limit === 0 || $facts->memory_used < self::FULL * $facts->memory_limit) return null;
        $text = Format::bytes($facts->memory_used) . ' of ' . Format::bytes($facts->memory_limit) . ' are in use';
        return new Finding(Severity::Warning, $facts->name, $text, self::more($facts));
    }

    private static function evictions(StoreFacts $facts): ?Finding
    {
        if ($facts->evictions === 0) return null;
        $text = Format::count($facts->evictions) . ' items were dropped before their time, in '
            . Format::duration($facts->uptime_s);
        return new Finding(Severity::Warning, $facts->name, $text, self::more($facts));
    }

    private static function connections(StoreFacts $facts): ?Finding
    {
        if ($facts->max_connections === 0 || $facts->connections < self::FULL * $facts->max_connections) return null;
        $option = $facts->is_redis ? 'maxclients' : '-c';
        return new Finding(Severity::Warning, $facts->name,
            "$facts->connections of $facts->max_connections connections are in use",
            "Raise $option: every worker of every web server keeps one.");
    }

    private static function policy(StoreFacts $facts): ?Finding
    {
        if (!str_starts_with($facts->policy, 'allkeys-')) return null;
        return new Finding(Severity::Notice, $facts->name, "maxmemory-policy is $facts->policy",
            'Prefer noeviction or volatile-ttl, so that sessions are not dropped for keys of other programs.');
    }

    private static function role(StoreFacts $facts): ?Finding
    {
        if ($facts->role !== 'slave') return null;
        return new Finding(Severity::Critical, $facts->name, 'replicates another Redis, so it takes no sessions',
            'List servers that take writes.');
    }

    private static function more(StoreFacts $facts): string
    {
        return $facts->is_redis ? 'Give it more memory (maxmemory).' : 'Give it more memory (-m).';
    }
}
