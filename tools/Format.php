<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** Numbers for people. */
final class Format
{
    /** 1,234,567 */
    public static function count(int $number): string
    {
        return number_format($number);
    }

    public static function percent(?float $share): string
    {
        return $share === null ? '-' : number_format($share * 100, 1) . ' %';
    }

    public static function duration(float $seconds): string
    {
        return match (true) {
            $seconds < 60 => number_format($seconds, 1) . ' s',
            $seconds < 3600 => number_format($seconds / 60, 1) . ' min',
            $seconds < 2 * 86400 => number_format($seconds / 3600, 1) . ' h',
            default => number_format($seconds / 86400, 1) . ' days',
        };
    }

    public static function latency(int $microseconds): string
    {
        return match (true) {
            $microseconds === 0 => '-',
            $microseconds < 1000 => "$microseconds µs",
            default => number_format($microseconds / 1000, $microseconds < 100_000 ? 2 : 0) . ' ms',
        };
    }

    public static function bytes(int $bytes): string
    {
        if ($bytes < 1024) return "$bytes B";
        foreach (['KiB' => 1 << 10, 'MiB' => 1 << 20, 'GiB' => 1 << 30] as $unit => $size)
            if ($bytes < $size << 10) break;
        return number_format($bytes / $size, 1) . " $unit";
    }

    /** Text of a store or a configuration on a terminal: control characters cannot act there. */
    public static function printable(string $text): string
    {
        return (string) preg_replace('/[\x00-\x1f\x7f]|\xc2[\x80-\x9f]/', '?', $text);
    }
}
