<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Check;

use Sessmirror\Finding;
use Sessmirror\Severity;

/** Settings that are valid and rarely meant. */
final class SettingsRules
{
    /**
     * @param callable(string): string $value of a directive
     * @return list<Finding>
     */
    public static function of(callable $value, int $stores): array
    {
        return array_values(array_filter([
            self::redundancy($value, $stores), self::lease($value), self::deadline($value),
            self::format($value), self::strict($value),
        ]));
    }

    private static function redundancy(callable $value, int $stores): ?Finding
    {
        if ($stores < 2 || $value('sessmirror.redundancy') !== '1') return null;
        return new Finding(Severity::Warning, 'sessmirror.redundancy',
            'each session has one copy, and is lost with its store',
            'Set sessmirror.redundancy = 2 or more.');
    }

    private static function lease(callable $value): ?Finding
    {
        $longest = (int) $value('max_execution_time');
        $lease = (int) $value('sessmirror.lock_lease_s');
        if ($longest <= $lease) return null;
        return new Finding(Severity::Notice, 'sessmirror.lock_lease_s',
            "a lock ends after $lease s, and max_execution_time allows pages $longest s",
            'Set it above the longest page that holds a session open.');
    }

    private static function deadline(callable $value): ?Finding
    {
        $together = (int) $value('sessmirror.connect_timeout_ms') + (int) $value('sessmirror.io_timeout_ms');
        $deadline = (int) $value('sessmirror.deadline_ms');
        if ($deadline >= $together) return null;
        return new Finding(Severity::Warning, 'sessmirror.deadline_ms',
            "$deadline ms are less than one connection and one answer may take ($together ms)",
            "One slow store uses up the time in which another could be asked. Set it to $together or more.");
    }

    private static function format(callable $value): ?Finding
    {
        if ($value('sessmirror.write_format') !== '1') return null;
        return new Finding(Severity::Notice, 'sessmirror.write_format',
            'sessions are stored in the format of an earlier release',
            'Remove the directive when every web server has this release.');
    }

    private static function strict(callable $value): ?Finding
    {
        if (filter_var($value('session.use_strict_mode'), FILTER_VALIDATE_BOOLEAN)) return null;
        return new Finding(Severity::Notice, 'session.use_strict_mode', 'a visitor may choose his session id',
            'Set session.use_strict_mode = 1; it costs nothing.');
    }
}
