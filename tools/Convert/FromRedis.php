<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Convert;

/** session.save_handler = redis (phpredis). */
class FromRedis extends Peer
{
    protected function convertOwn(IniFile $old): void
    {
        $value = $old->text('session.save_path');
        $this->takeList('session.save_path', $value, preg_split('/[\s,]+/', $value, -1, PREG_SPLIT_NO_EMPTY),
            $this->entry(...));
        $this->takeLocks($old);
        $this->takeCompression($old);
    }

    protected function reasons(): array
    {
        return [
            'redis.session.early_refresh' => 'lifetimes are extended when an eighth of them has passed',
            'redis.session.compression_level' => 'zstd works at the level that suits sessions',
            'redis.session.lock_*' => 'there was no lock',
            'redis.pconnect.*' => 'each worker keeps one connection to each store',
            'redis.*' => 'does not concern sessions',
        ];
    }

    protected function place(Entry $entry): string
    {
        if ($entry->isSocket() && (int) ($entry->parameter('database') ?? 0) !== 0)
            $this->new->note("$entry->path: sessmirror.import reads its first database only.");
        return $entry->asPlace('redis', $entry->parameter('prefix') ?? '');
    }

    protected function takeLocks(IniFile $old): void
    {
        $is_on = $old->flag('redis.session.locking_enabled', false);
        $this->takeLocking('redis.session.locking_enabled',
            $old->text('redis.session.locking_enabled', '0, the default'), $is_on);
        if (!$is_on) return;
        if ($old->has('redis.session.lock_expire'))
            $this->takeLease('redis.session.lock_expire', $old->text('redis.session.lock_expire'),
                $old->number('redis.session.lock_expire', 0));
        $retries = $old->number('redis.session.lock_retries', 100) ?: 100;
        if ($old->has('redis.session.lock_retries') || $old->has('redis.session.lock_wait_time')) {
            $pause_us = $old->number('redis.session.lock_wait_time', 20000);
            $this->takeWait('redis.session.lock_retries', (string) $retries,
                $retries < 0 ? 600000 : intdiv($retries * $pause_us, 1000));
        }
        if ($old->has('redis.session.lock_wait_time'))
            $this->new->became('redis.session.lock_wait_time', $old->text('redis.session.lock_wait_time'),
                'part of sessmirror.lock_wait_ms');
    }

    protected function takeCompression(IniFile $old): void
    {
        $kind = strtolower($old->text('redis.session.compression', 'none'));
        if ($kind === '' || $kind === 'none') return;
        $this->new->set('sessmirror.compression', 'zstd');
        if ($kind !== 'zstd')
            $this->new->note("Sessions that are compressed with $kind cannot be taken over: set redis.session.compression = none on the old servers one lifetime before the move.");
        $this->new->became('redis.session.compression', $kind,
            'is sessmirror.compression = zstd; every web server needs a build with libzstd');
    }

    private function entry(Entry $entry): ?string
    {
        $place = $entry->isSocket() ? $entry->path : $entry->host;
        if (in_array($entry->scheme, ['tls', 'ssl', 'rediss'], true) || isset($entry->parameters['stream'])) {
            $this->new->refused('session.save_path', $entry->text, "$place: TLS is not supported by this release");
            return null;
        }
        if ($entry->parameter('prefix') !== null && !isset($this->new->settings['sessmirror.key_prefix']))
            $this->takePrefix('session.save_path: prefix', $entry->parameter('prefix'));
        return $entry->asRedis();
    }
}
