<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Convert;

/** session.save_handler = rediscluster (phpredis): a cluster is no store, so this one needs a decision. */
final class FromRedisCluster extends FromRedis
{
    protected function convertOwn(IniFile $old): void
    {
        $value = $old->text('session.save_path');
        parse_str($value, $query);
        $this->new->refused('session.save_path', $value,
            'a node of a cluster takes only its part of the keys, so it is no store: run a Redis without cluster mode on each web server, and list those');
        $this->lackList('session.save_path', $value);
        $this->new->note('Sessions need no cluster: each is kept on several of the listed servers, and found on any of them.');
        $seeds = array_filter(is_array($query['seed'] ?? null) ? $query['seed'] : [], 'is_string');
        foreach ($seeds as $seed) $this->new->note("A seed was $seed.");
        $this->takePlaces(array_map(fn (string $seed) => $this->placeOf($seed, $query), $seeds));
        if ($seeds !== []) $this->new->note('sessmirror.import has to name every node of the cluster.');
        if (is_string($query['prefix'] ?? null) && $query['prefix'] !== '')
            $this->takePrefix('session.save_path: prefix', $query['prefix']);
        if (is_string($query['failover'] ?? null))
            $this->new->gone('session.save_path: failover', $query['failover'],
                'another replica is always asked, and the newest copy wins');
        $this->takeLocks($old);
        $this->takeCompression($old);
    }

    /** @param array<mixed> $query */
    private function placeOf(string $seed, array $query): ?string
    {
        $entry = Entry::parse("tcp://$seed" . (isset($query['auth']) ? '?' . http_build_query(['auth' => $query['auth']]) : ''));
        return $entry?->asPlace('rediscluster', is_string($query['prefix'] ?? null) ? $query['prefix'] : '');
    }
}
