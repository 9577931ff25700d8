<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Convert;

/** session.save_handler = memcache (pecl-memcache). */
final class FromMemcache extends Peer
{
    private string $prefix = '';

    protected function place(Entry $entry): string
    {
        return $entry->asPlace('memcache', $this->prefix);
    }

    protected function convertOwn(IniFile $old): void
    {
        $this->prefix = $old->text('memcache.session_prefix_static_key');
        if ($old->flag('memcache.session_prefix_host_key', false))
            $this->new->note('The names of virtual hosts stand before the old keys: give each of them a sessmirror.import with its ?prefix=.');
        $directive = $old->text('memcache.session_save_path') === ''
            ? 'session.save_path' : 'memcache.session_save_path';
        $value = $old->text($directive);
        if ($directive !== 'session.save_path' && $old->has('session.save_path'))
            $this->new->gone('session.save_path', $old->text('session.save_path'),
                'memcache did not look at it, because of memcache.session_save_path');
        if (str_contains($value, ';'))
            $this->new->note('memcache used the first server only, because ";" does not separate its servers. Now all are used.');
        $stores = $this->takeList($directive, $value, preg_split('/[\s,;]+/', $value, -1, PREG_SPLIT_NO_EMPTY),
            $this->entry(...));
        $redundancy = 'memcache.session_redundancy';
        $this->takeCopies($redundancy, $old->text($redundancy, '2, the default'), $old->number($redundancy, 2),
            $stores);
        $this->takeLock($old);
        if ($this->prefix !== '') $this->takePrefix('memcache.session_prefix_static_key', $this->prefix);
        if ($old->number('memcache.compress_threshold', 0) > 0)
            $this->new->gone('memcache.compress_threshold', $old->text('memcache.compress_threshold'),
                'sessions are stored as they are; sessmirror.compression = zstd compresses them, once all web servers have it');
    }

    protected function reasons(): array
    {
        $placement = 'every store is reached by its name in the list, and copies are placed by their own rule';
        $objects = 'does not concern sessions';
        return [
            'memcache.allow_failover' => 'another replica is always asked',
            'memcache.max_failover_attempts' => 'all replicas of a session may be asked',
            'memcache.hash_strategy' => $placement,
            'memcache.hash_function' => $placement,
            'memcache.protocol' => 'memcached\'s text protocol is used',
            'memcache.default_port' => 'a port that is missing is 11211',
            'memcache.chunk_size' => 'buffers grow as they are needed',
            'memcache.session_prefix_*' => 'sites that share stores are kept apart by sessmirror.key_prefix or sessmirror.secret',
            'memcache.*' => $objects,
        ];
    }

    private function entry(Entry $entry): string
    {
        if ($entry->parameter('udp_port') !== null && $entry->parameter('udp_port') !== '0')
            $this->new->note("$entry->host: UDP is not used.");
        if (!$entry->isSocket() && $entry->port === null)
            $this->new->note("$entry->host has no port: memcache took 0 and never connected; now it is 11211.");
        if (in_array($entry->scheme, ['tls', 'ssl'], true))
            $this->new->note("$entry->host: memcache spoke without encryption in spite of $entry->scheme://, and so does the new list.");
        return $entry->asMemcached();
    }

    private function takeLock(IniFile $old): void
    {
        $name = 'memcache.lock_timeout';
        if (!$old->has($name)) return;
        $seconds = $old->number($name, 15);
        $this->takeLease($name, $old->text($name), $seconds);
        $this->takeWait($name, $old->text($name), 2 * max(1, $seconds) * 1000);
    }
}
