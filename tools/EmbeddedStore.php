<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/**
 * What somebody has to know who works on the command line with an embedded store: each user has one
 * of his own.
 */
final class EmbeddedStore
{
    public static function notice(Snapshot $snapshot): ?Finding
    {
        $names = array_map(fn (StoreStatus $store) => $store->name, $snapshot->stores);
        if ($snapshot->isOfServer() || preg_grep('/^lmdb:/', $names) === []) return null;
        return new Finding(Severity::Notice, 'embedded store',
            'each user has one of his own, and this command runs as ' . self::user(),
            'Run it as the user of the web server: sudo -u www-data sessmirror ...');
    }

    /** For a command that has not found what was looked for. */
    public static function remind(Console $console): void
    {
        $notice = self::notice(Snapshot::take());
        if ($notice !== null) $console->complain("$notice->subject: $notice->text. $notice->remedy");
    }

    private static function user(): string
    {
        if (!function_exists('posix_geteuid')) return 'somebody';
        return posix_getpwuid(posix_geteuid())['name'] ?? 'user ' . posix_geteuid();
    }
}
