<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Convert;

/** From the configuration of any handler to ours. */
final class Converter
{
    private const PEERS = [
        'memcache' => FromMemcache::class,
        'memcached' => FromMemcached::class,
        'redis' => FromRedis::class,
        'rediscluster' => FromRedisCluster::class,
        'files' => FromFiles::class,
    ];

    public static function convert(IniFile $old, ?string $handler = null): Conversion
    {
        $is_guess = $handler === null && !$old->has('session.save_handler');
        $handler ??= strtolower($old->text('session.save_handler', 'files'));
        if ($handler === 'sessmirror') throw new \RuntimeException("$old->path uses sessmirror already");
        $class = self::PEERS[$handler] ?? throw new \RuntimeException(
            "session.save_handler = $handler cannot be converted, only " . implode(', ', array_keys(self::PEERS)));
        $new = (new $class())->convert($old, $handler);
        if ($is_guess) $new->note('The file does not set session.save_handler, so it is taken for "files"; --handler names another.');
        self::convertOfPhp($old, $new);
        ksort($new->settings);
        return $new;
    }

    /** PHP's own directives about sessions, as far as they mean something else now. */
    private static function convertOfPhp(IniFile $old, Conversion $new): void
    {
        foreach (['session.gc_probability', 'session.gc_divisor'] as $name)
            if ($old->has($name))
                $new->gone($name, $old->text($name), 'without meaning: stores expire sessions by themselves');
        if ($old->has('session.gc_maxlifetime'))
            $new->became('session.gc_maxlifetime', $old->text('session.gc_maxlifetime'),
                'stays: the lifetime of a session, extended by every use');
        $serializer = strtolower($old->text('session.serialize_handler'));
        if (in_array($serializer, ['igbinary', 'msgpack'], true))
            $new->note("Sessions that $serializer serializes cannot be merged key by key. session.serialize_handler = sessmirror_segmented with"
                . " sessmirror.segment_with = $serializer can; the time to change it is now.");
        $new->note(isset($new->settings['sessmirror.import'])
            ? 'sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other.'
            : 'Old sessions are not taken over, so everybody is logged out once: see sessmirror.import in docs/migration.md.');
    }
}
