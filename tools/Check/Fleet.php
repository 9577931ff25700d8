<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Check;

use Sessmirror\Finding;
use Sessmirror\Severity;
use Sessmirror\Snapshot;
use Sessmirror\StoreStatus;

/** Whether the web servers agree about what must be equal everywhere, as far as their pages tell. */
final class Fleet
{
    /**
     * @param array<string, Snapshot> $snapshots by where they come from
     * @return list<Finding>
     */
    public static function compare(array $snapshots): array
    {
        $findings = [];
        $usable = array_filter($snapshots, fn (Snapshot $snapshot) => $snapshot->isConfigured());
        if (count($usable) < 2) return [];
        $first = array_key_first($usable);
        foreach (array_slice($usable, 1, null, true) as $other => $snapshot)
            array_push($findings, ...self::lists($first, $usable[$first], $other, $snapshot),
                ...self::releases($first, $usable[$first], $other, $snapshot));
        return [...$findings, ...self::hosts($usable)];
    }

    /** @return list<Finding> */
    private static function lists(string $first, Snapshot $a, string $other, Snapshot $b): array
    {
        $names = fn (Snapshot $snapshot) => array_map(fn (StoreStatus $store) => "$store->name (weight $store->weight)", $snapshot->stores);
        $only = fn (string $who, array $more) => $more === [] ? [] : ["$who alone has " . implode(', ', $more)];
        $texts = [...$only($first, array_diff($names($a), $names($b))),
            ...$only($other, array_diff($names($b), $names($a)))];
        if ($texts === []) return [];
        return [new Finding(Severity::Critical, 'lists of stores', implode('; ', $texts),
            'Write the same stores in the same way on every web server: their names place the sessions.')];
    }

    /** @return list<Finding> */
    private static function releases(string $first, Snapshot $a, string $other, Snapshot $b): array
    {
        if ($a->version === $b->version) return [];
        return [new Finding(Severity::Notice, 'releases', "$first has $a->version, $other has $b->version",
            'During an upgrade that is in order; see sessmirror.write_format.')];
    }

    /** @param array<string, Snapshot> $snapshots @return list<Finding> */
    private static function hosts(array $snapshots): array
    {
        $findings = [];
        $hosts = array_map(fn (Snapshot $snapshot) => $snapshot->host, $snapshots);
        foreach (array_count_values($hosts) as $host => $count)
            if ($count > 1)
                $findings[] = new Finding(Severity::Notice, 'hosts',
                    "$count of the addresses lead to one web server ($host)",
                    'Ask each web server by its own address, not through the balancer.');
        return $findings;
    }
}
