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
        foreach (is_array($query['seed'] ?? null) ? $query['seed'] : [] as $seed)
            if (is_string($seed)) $this->new->note("A seed was $seed.");
        if (is_string($query['prefix'] ?? null) && $query['prefix'] !== '')
            $this->takePrefix('session.save_path: prefix', $query['prefix']);
        if (is_string($query['failover'] ?? null))
            $this->new->gone('session.save_path: failover', $query['failover'],
                'another replica is always asked, and the newest copy wins');
        $this->takeLocks($old);
        $this->takeCompression($old);
    }
}
