<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Convert;

/** session.save_handler = memcached (php-memcached, libmemcached). */
final class FromMemcached extends Peer
{
    private string $prefix = '';  // where it is not the default

    protected function place(Entry $entry): string
    {
        return $entry->asPlace('memcached', $this->prefix);
    }

    protected function convertOwn(IniFile $old): void
    {
        $prefix = $old->text('memcached.sess_prefix');
        if ($prefix !== 'memc.sess.key.') $this->prefix = $prefix;
        $value = $old->text('session.save_path');
        $list = preg_replace('/^PERSISTENT=\S*\s+/', '', $value);
        if ($list !== $value) $this->new->note('PERSISTENT= is gone: connections are always persistent.');
        if (preg_match('/[^\s,][\s;]+[^\s,;]/', $list) === 1)
            $this->new->note('memcached used the first server only, because its servers are separated by commas. Now all are used.');
        $stores = $this->takeList('session.save_path', $value,
            preg_split('/[\s,;]+/', $list, -1, PREG_SPLIT_NO_EMPTY),
            fn (Entry $entry) => $entry->asMemcached());
        $copies = $old->number('memcached.sess_number_of_replicas', 0);
        $this->takeCopies('memcached.sess_number_of_replicas', (string) $copies, $copies + 1, $stores);
        $this->takeLocks($old);
        $this->takeTimeout($old);
        if ($this->prefix !== '') $this->takePrefix('memcached.sess_prefix', $this->prefix);
        if ($old->text('memcached.sess_sasl_username') !== '')
            $this->new->refused('memcached.sess_sasl_username', '***',
                'memcached is used without passwords: keep it on addresses that only the web servers reach, or use Redis');
    }

    protected function reasons(): array
    {
        $placement = 'copies are placed by their own rule; the order of the list means nothing';
        $health = 'a store that fails is skipped until it answers again';
        return [
            'memcached.sess_consistent_hash*' => $placement,
            'memcached.sess_binary*' => 'memcached\'s text protocol is used',
            'memcached.sess_randomize_replica_read' => 'the store of the own host is read first',
            'memcached.sess_remove_failed*' => $health,
            'memcached.sess_server_failure_limit' => $health,
            'memcached.sess_persistent' => 'connections are always persistent',
            'memcached.sess_prefix' => 'sessmirror.key_prefix is "sm:" unless it is set',
            'memcached.sess_sasl_password' => 'memcached is used without passwords',
            'memcached.sess_lock_*' => 'there was no lock, or this is a name of an old release',
            'memcached.*' => 'does not concern sessions',
        ];
    }

    private function takeLocks(IniFile $old): void
    {
        $is_on = $old->flag('memcached.sess_locking', true);
        $this->takeLocking('memcached.sess_locking', $old->text('memcached.sess_locking', '1, the default'), $is_on);
        if (!$is_on) return;
        if ($old->has('memcached.sess_lock_expire'))
            $this->takeLease('memcached.sess_lock_expire', $old->text('memcached.sess_lock_expire'),
                $old->number('memcached.sess_lock_expire', 0));
        $pauses = array_filter(['memcached.sess_lock_wait_min', 'memcached.sess_lock_wait_max'], $old->has(...));
        if (!$old->has('memcached.sess_lock_retries') && $pauses === []) return;
        $wait = self::wait($old->number('memcached.sess_lock_retries', 5),
            $old->number('memcached.sess_lock_wait_min', 150), $old->number('memcached.sess_lock_wait_max', 150));
        $this->takeWait('memcached.sess_lock_retries', $old->text('memcached.sess_lock_retries', '5, the default'),
            $wait);
        foreach ($pauses as $name) $this->new->became($name, $old->text($name), 'part of sessmirror.lock_wait_ms');
    }

    /** The pauses double, from the shortest to the longest. */
    private static function wait(int $retries, int $shortest, int $longest): int
    {
        $together = 0;
        $pause = max(1, $shortest);
        for ($i = 0; $i < min($retries, 10000); $i++) {
            $together += $pause;
            $pause = min(2 * $pause, max($shortest, $longest));
        }
        return $together;
    }

    private function takeTimeout(IniFile $old): void
    {
        $name = 'memcached.sess_connect_timeout';
        if (!$old->has($name)) return;
        $timeout = min(60000, $old->number($name, 0));
        if ($timeout < 1) {
            $this->new->became($name, $old->text($name), 'is sessmirror.connect_timeout_ms = 100, the default');
            return;
        }
        $this->new->set('sessmirror.connect_timeout_ms', (string) $timeout);
        $this->new->became($name, $old->text($name), "is sessmirror.connect_timeout_ms = $timeout");
    }
}
