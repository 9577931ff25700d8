<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** The snapshot of a web server, as its status page tells it. */
final class RemoteSnapshot
{
    private const MAX_BYTES = 1 << 20;

    public static function of(string $url, float $timeout_s = 5.0): Snapshot
    {
        $shown = self::shown($url);
        if (preg_match('~^https?://~i', $url) !== 1)
            throw new UsageError("\"$shown\" is no address of a page (http:// or https://)");
        $text = self::fetch($url . (str_contains($url, '?') ? '&' : '?') . 'format=json', $shown, $timeout_s);
        try {
            return Snapshot::fromJson($text);
        } catch (\UnexpectedValueException $error) {
            throw new \RuntimeException("$shown: " . $error->getMessage());
        }
    }

    /** The address without user and password. */
    public static function shown(string $url): string
    {
        return (string) preg_replace('~//[^/?#]*@~', '//', $url);
    }

    private static function fetch(string $url, string $shown, float $timeout_s): string
    {
        $context = stream_context_create(['http' => ['timeout' => $timeout_s, 'user_agent' => 'sessmirror',
            'follow_location' => 0]]);
        $warnings = new Warnings();
        $text = $warnings->during(fn () => file_get_contents($url, false, $context, 0, self::MAX_BYTES));
        if ($text !== false) return $text;
        // The reason is what follows the address, which may hold a password.
        $reasons = array_map(fn (string $warning) => preg_replace('/^.*?\): /', '', $warning), $warnings->texts());
        throw new \RuntimeException("$shown cannot be read: " . Format::printable(implode('; ', $reasons)));
    }
}
