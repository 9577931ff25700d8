<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** What each counter of sessmirror_status() means, in the order in which it is shown. */
final class Counters
{
    public const GROUPS = [
        'Reads' => [
            'reads' => 'Sessions that were loaded',
            'local_hits' => 'Sessions that the copy on the local store answered',
            'fallbacks' => 'Reads for which another replica had to be asked',
            'misses' => 'Reads of sessions that no replica has',
            'stale_reads' => 'Reads known to be older than what the client has seen',
            'unmet_tokens' => 'Reads with a freshness token that no store knows of and that anybody can have made',
            'reads_without_token' => 'Reads of a session whose cookie came back without its freshness token',
            'hedges' => 'Reads whose first answer was late, so that another replica was asked as well',
            'hedges_won' => 'Hedged reads that the other replica answered first',
        ],
        'Writes' => [
            'writes' => 'Sessions that were stored',
            'degraded_writes' => 'Writes that fewer stores acknowledged than there should be copies',
            'touches' => 'Lifetimes that were extended without a write',
            'conflicts' => 'Writes that met the write of another request',
            'merges' => 'Conflicts that were settled by keeping the changes of both requests',
            'collisions' => 'Changes that were lost to conflicts',
        ],
        'Copies' => [
            'repairs' => 'Copies restored on a store that lacked one or had an old one',
            'refilled' => 'Sessions copied to a store that had been away or has joined',
            'corrupt_copies' => 'Stored values that failed their checksum',
        ],
        'Locks' => [
            'lock_waits' => 'Requests that waited for the lock of another request',
            'lock_timeouts' => 'Requests that gave up waiting for a lock',
            'locks_lost' => 'Leases that ended before their request did',
            'locks_broken' => 'Locks of dead workers that were removed',
            'failovers' => 'Requests that used another home because the first one was down',
        ],
        'Connections' => [
            'connections' => 'Connections that were made to stores',
            'connect_failures' => 'Connections that were refused, or whose store is out of reach',
            'timeouts' => 'Requests to stores that were not answered in time',
            'protocol_errors' => 'Connections that were dropped because of wrong answers',
        ],
        'Migration' => [
            'imported' => 'Sessions that were taken over from another handler',
            'import_failures' => 'Old sessions, or places of them, that could not be used',
            'exported' => 'Sessions that were stored for the old handler as well',
            'export_failures' => 'Places of the old handler that were not told of a change',
        ],
        'Settings and log' => [
            'settings_mismatches' => 'Checks that found other settings of another web server',
            'notices_dropped' => 'Log lines that the rate limit suppressed',
        ],
    ];

    /** What to do about counters that stay at 0 on a site where all is well. */
    public const ADVICE = [
        'stale_reads' => 'A store with the newest copy was out of reach, or lost it; see sessmirror.stale.',
        'degraded_writes' => 'A store was down while sessions were written; it is brought up to date when it is back.',
        'collisions' => 'Two requests changed the same key at the same time; see sessmirror.on_conflict and sessmirror.merge_protect.',
        'corrupt_copies' => 'A store returned damaged values: check its memory and who else writes to it.',
        'lock_timeouts' => 'Pages hold their sessions longer than sessmirror.lock_wait_ms: call session_write_close() earlier.',
        'locks_lost' => 'Pages run longer than sessmirror.lock_lease_s: raise it above the longest request.',
        'protocol_errors' => 'Something other than a supported store answers at an address of the list.',
        'import_failures' => 'A place in sessmirror.import cannot be asked, or has something that cannot be read; the log says why.',
        'export_failures' => 'Servers with the old handler may have missed a change; the log says why.',
        'settings_mismatches' => 'Make the list of stores, redundancy, secret and key prefix equal on all web servers.',
        'reads_without_token' => 'A proxy or the application removes the cookie of the freshness token.',
        'notices_dropped' => 'The log has more to say than its rate limit lets through.',
    ];

    /**
     * The counters of a snapshot by group, each with its meaning; those that this list does not know come last.
     *
     * @return array<string, array<string, array{int, string}>>
     */
    public static function of(Snapshot $snapshot): array
    {
        $left = $snapshot->counters;
        $groups = [];
        foreach (self::GROUPS as $group => $names) {
            foreach ($names as $name => $text) {
                if (!array_key_exists($name, $left)) continue;
                $groups[$group][$name] = [$left[$name], $text];
                unset($left[$name]);
            }
        }
        foreach ($left as $name => $value) $groups['Others'][$name] = [$value, "The counter $name of the extension"];
        return $groups;
    }
}
