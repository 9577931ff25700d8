--TEST--
sessmirror convert: what becomes of the configurations of other handlers, and our side takes the result
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';

$directory = SessionDirectory::make();
$convert = function (string $title, string $ini, string ...$words) use ($directory): void {
    $path = "$directory->path/old.ini";
    file_put_contents($path, $ini);
    [$code, $out, $errors] = command(['convert', $path, ...$words], '');
    echo "-- $title: exit code $code\n", str_replace([$path, $directory->path], ['OLD.INI', 'DIR'], $out . $errors);
    if ($code === 3 || str_contains($out, 'php_admin_value') || $words !== []) return;
    // What was printed is a php.ini as it stands.
    file_put_contents("$directory->path/new.ini", "display_errors = 0\nlog_errors = 0\n$out");
    $php = [PHP_BINARY, '-c', "$directory->path/new.ini", ...array_merge(...array_map(fn ($so) => ['-d', "extension=$so"], loaded_extensions()))];
    [, $status] = run([...$php, '-r', '$s = sessmirror_status(); echo $s["configuration"], ": ", implode(" ", array_map(fn ($s) => "$s[name] $s[weight]", $s["stores"]));'],
        '', ['PHP_INI_SCAN_DIR' => '']);
    echo "=> ", preg_replace('~lmdb:///var\S+|lmdb:///tmp ~', 'lmdb://TEMPORARY ', str_replace($directory->path, 'DIR', $status)), "\n";
};

$convert('memcache', <<<'INI'
    [Session]
    session.save_handler = memcache
    session.save_path = "tcp://10.0.0.1:11211?persistent=1&weight=2&timeout=1.5&retry_interval=15, 10.0.0.2, unix:///run/m.sock:0"
    session.gc_probability = 1
    memcache.session_redundancy = 4 ; servers + 1
    memcache.lock_timeout = 20
    memcache.allow_failover = 1
    memcache.hash_strategy = consistent
    memcache.session_prefix_static_key = "shop:"
    INI);
$convert('memcache, a list that it did not understand', "session.save_handler=memcache\nsession.save_path='tcp://a:11211;tcp://b:11211'\nmemcache.session_redundancy=1");
$convert('memcache, a list that nobody understands', "session.save_handler=memcache\nsession.save_path='::1'\nmemcache.session_redundancy=1");
$convert('redis without a list', "session.save_handler=redis");
$convert('memcached', <<<'INI'
    session.save_handler = memcached
    session.save_path = "PERSISTENT=pool a,b:11212:5, /run/m.sock:0"
    memcached.sess_locking = On
    memcached.sess_lock_wait_min = 100
    memcached.sess_lock_wait_max = 1000
    memcached.sess_lock_retries = 10
    memcached.sess_lock_expire = 60
    memcached.sess_number_of_replicas = 1
    memcached.sess_consistent_hash = On
    memcached.sess_connect_timeout = 250
    memcached.sess_prefix = "memc.sess.key."
    INI);
$convert('memcached with passwords and without locks', "session.save_handler=memcached\nsession.save_path=a b\nmemcached.sess_locking=0\nmemcached.sess_sasl_username=me\nmemcached.sess_sasl_password=geheim\nsession.serialize_handler=igbinary");
$convert('redis', <<<'INI'
    session.save_handler = redis
    session.save_path = "tcp://a:6380?weight=1&timeout=2.5&database=2&prefix=shop:&auth[]=me&auth[]=g%40h%3Aeim&persistent=1, unix:///run/r.sock"
    redis.session.locking_enabled = 1
    redis.session.lock_expire = 60
    redis.session.lock_retries = 500
    redis.session.lock_wait_time = 10000
    redis.session.compression = lz4
    redis.session.compression_level = 3
    redis.pconnect.pooling_enabled = 1
    INI);
$convert('redis with TLS', "session.save_handler=redis\nsession.save_path=\"tls://a:6379?auth=geheim, tcp://b\"");
$convert('rediscluster', "session.save_handler=rediscluster\nsession.save_path=\"seed[]=a:7000&seed[]=b:7000&timeout=2&failover=error&auth=geheim\"");
$convert('files', "session.save_path=\"5;0600;$directory->path\"\nsession.gc_maxlifetime=1440");
$convert('nothing at all', '');
$convert('a pool of php-fpm', "[www]\nuser = www-data\nphp_admin_value[session.save_handler] = memcached\nphp_value[session.save_path] = a,b");
$convert('another handler', 'session.save_handler = user');
$convert('ours', 'session.save_handler = sessmirror');
$convert('what another file sets', "session.save_path = a,b\n", '--handler=memcached', '--json');

echo "-- every directive that docs/migration.md names is told of\n";
preg_match_all('/^## From (\w+)\n(.*?)(?=^## )/ms', file_get_contents(__DIR__ . '/../../docs/migration.md'), $sections, PREG_SET_ORDER);
foreach ($sections as [, $handler, $section]) {
    $names = [];
    preg_match_all('/^\| (.*?) \| (?!ours)/m', $section, $rows);
    foreach ($rows[1] as $row) {  // the second of `memcached.sess_a`, `sess_b` has no prefix
        preg_match_all('/`((?:\w+\.)*)(\w+)(?: = N)?`/', $row, $words, PREG_SET_ORDER);
        foreach ($words as [, $prefix, $word]) $names[] = ($prefix ?: ($words[0][1] ?? '')) . $word;
    }
    file_put_contents("$directory->path/old.ini", "session.save_handler = $handler\n" . implode('', array_map(fn ($name) => "$name = 1\n", $names)));
    [, $out] = command(['convert', '--json', "$directory->path/old.ini"], '');
    $told = array_column(json_decode($out, true)['directives'] ?? [], 'name');
    echo "$handler: ", count($names) > 3 ? 'many' : count($names), ', not told of: ', implode(' ', array_diff($names, $told)), "\n";
}
?>
--EXPECT--
-- memcache: exit code 0
; From session.save_handler = memcache in OLD.INI
session.save_handler = sessmirror
sessmirror.import = "memcache://10.0.0.1:11211?prefix=shop%3A, memcache://10.0.0.2:11211?prefix=shop%3A, memcache:///run/m.sock?prefix=shop%3A"
sessmirror.key_prefix = "shop:"
sessmirror.lock_lease_s = 20
sessmirror.lock_wait_ms = 40000
sessmirror.redundancy = 3
sessmirror.stores = "10.0.0.1:11211?weight=2&timeout=1.5, 10.0.0.2:11211, /run/m.sock"

; What became of each directive
;   session.save_path = tcp://10.0.0.1:11211?persistent=1&weight=2&timeout=1.5&retry_interval=15, 10.0.0.2, unix:///run/m.sock:0
;       is sessmirror.stores; every session is kept on several of these stores, not on one
;   memcache.session_redundancy = 4
;       is sessmirror.redundancy = 3, the number of all copies
;   memcache.lock_timeout = 20
;       is sessmirror.lock_lease_s = 20; is sessmirror.lock_wait_ms = 40000
;   memcache.session_prefix_static_key = shop:
;       is sessmirror.key_prefix, which keeps sites in one store apart
;   memcache.allow_failover = 1
;       GONE: another replica is always asked
;   memcache.hash_strategy = consistent
;       GONE: every store is reached by its name in the list, and copies are placed by their own rule
;   session.gc_probability = 1
;       GONE: without meaning: stores expire sessions by themselves

; To know
; - 10.0.0.2 has no port: memcache took 0 and never connected; now it is 11211.
; - sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other.
=> ok: 10.0.0.1:11211 2 10.0.0.2:11211 1 /run/m.sock 1
-- memcache, a list that it did not understand: exit code 0
; From session.save_handler = memcache in OLD.INI
session.save_handler = sessmirror
sessmirror.import = "memcache://a:11211, memcache://b:11211"
sessmirror.stores = "a:11211, b:11211"

; What became of each directive
;   session.save_path = tcp://a:11211;tcp://b:11211
;       is sessmirror.stores; every session is kept on several of these stores, not on one
;   memcache.session_redundancy = 1
;       there was one copy of each session; now there are up to three (sessmirror.redundancy)

; To know
; - memcache used the first server only, because ";" does not separate its servers. Now all are used.
; - sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other.
=> ok: a:11211 1 b:11211 1
-- memcache, a list that nobody understands: exit code 1
; From session.save_handler = memcache in OLD.INI
session.save_handler = sessmirror
sessmirror.stores = "list-the-stores-here://"

; What became of each directive
;   session.save_path = ::1
;       REFUSED: is not understood: write it into sessmirror.stores by hand
;   memcache.session_redundancy = 1
;       there was one copy of each session; now there are up to three (sessmirror.redundancy)

; To know
; - Old sessions are not taken over, so everybody is logged out once: see sessmirror.import in docs/migration.md.
=> error: store list, entry 1, "list-the-stores-here://": this release's stores are memcached over tcp:// or unix://, redis://, mysql://, and lmdb://; the scheme "list-the-stores-here" is not supported: 
-- redis without a list: exit code 1
; From session.save_handler = redis in OLD.INI
session.save_handler = sessmirror
sessmirror.locking = optimistic
sessmirror.stores = "list-the-stores-here://"

; What became of each directive
;   session.save_path = 
;       REFUSED: no server is listed: write sessmirror.stores by hand
;   redis.session.locking_enabled = 0, the default
;       is sessmirror.locking = optimistic: nobody waits, and changes at the same time are merged key by key

; To know
; - Old sessions are not taken over, so everybody is logged out once: see sessmirror.import in docs/migration.md.
=> error: store list, entry 1, "list-the-stores-here://": this release's stores are memcached over tcp:// or unix://, redis://, mysql://, and lmdb://; the scheme "list-the-stores-here" is not supported: 
-- memcached: exit code 0
; From session.save_handler = memcached in OLD.INI
session.save_handler = sessmirror
sessmirror.connect_timeout_ms = 250
sessmirror.import = "memcached://a:11211, memcached://b:11212, memcached:///run/m.sock"
sessmirror.lock_lease_s = 60
sessmirror.lock_wait_ms = 7500
sessmirror.redundancy = 2
sessmirror.stores = "a:11211, b:11212?weight=5, /run/m.sock"

; What became of each directive
;   session.save_path = PERSISTENT=pool a,b:11212:5, /run/m.sock:0
;       is sessmirror.stores; every session is kept on several of these stores, not on one
;   memcached.sess_number_of_replicas = 1
;       is sessmirror.redundancy = 2, the number of all copies
;   memcached.sess_locking = 1
;       is sessmirror.locking = on, the default
;   memcached.sess_lock_expire = 60
;       is sessmirror.lock_lease_s = 60
;   memcached.sess_lock_retries = 10
;       is sessmirror.lock_wait_ms = 7500
;   memcached.sess_lock_wait_min = 100
;       part of sessmirror.lock_wait_ms
;   memcached.sess_lock_wait_max = 1000
;       part of sessmirror.lock_wait_ms
;   memcached.sess_connect_timeout = 250
;       is sessmirror.connect_timeout_ms = 250
;   memcached.sess_consistent_hash = 1
;       GONE: copies are placed by their own rule; the order of the list means nothing
;   memcached.sess_prefix = memc.sess.key.
;       GONE: sessmirror.key_prefix is "sm:" unless it is set

; To know
; - PERSISTENT= is gone: connections are always persistent.
; - sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other.
=> ok: a:11211 1 b:11212 5 /run/m.sock 1
-- memcached with passwords and without locks: exit code 1
; From session.save_handler = memcached in OLD.INI
session.save_handler = sessmirror
sessmirror.import = "memcached://a:11211, memcached://b:11211"
sessmirror.locking = optimistic
sessmirror.stores = "a:11211, b:11211"

; What became of each directive
;   session.save_path = a b
;       is sessmirror.stores; every session is kept on several of these stores, not on one
;   memcached.sess_number_of_replicas = 0
;       there was one copy of each session; now there are up to three (sessmirror.redundancy)
;   memcached.sess_locking = 0
;       is sessmirror.locking = optimistic: nobody waits, and changes at the same time are merged key by key
;   memcached.sess_sasl_username = ***
;       REFUSED: memcached is used without passwords: keep it on addresses that only the web servers reach, or use Redis
;   memcached.sess_sasl_password = ***
;       GONE: memcached is used without passwords

; To know
; - memcached used the first server only, because its servers are separated by commas. Now all are used.
; - Sessions that igbinary serializes cannot be merged key by key. session.serialize_handler = sessmirror_segmented with sessmirror.segment_with = igbinary can; the time to change it is now.
; - sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other.
=> ok: a:11211 1 b:11211 1
-- redis: exit code 0
; From session.save_handler = redis in OLD.INI
session.save_handler = sessmirror
sessmirror.compression = zstd
sessmirror.import = "redis://me:g%40h%3Aeim@a:6380/2?prefix=shop%3A, redis:///run/r.sock"
sessmirror.key_prefix = "shop:"
sessmirror.lock_lease_s = 60
sessmirror.lock_wait_ms = 5000
sessmirror.stores = "redis://me:g%40h%3Aeim@a:6380/2?timeout=2.5, redis:///run/r.sock"

; What became of each directive
;   session.save_path: prefix = shop:
;       is sessmirror.key_prefix, which keeps sites in one store apart
;   session.save_path = tcp://a:6380?weight=1&timeout=2.5&database=2&prefix=shop:&auth[]=***&auth[]=***&persistent=1, unix:///run/r.sock
;       is sessmirror.stores; every session is kept on several of these stores, not on one
;   redis.session.locking_enabled = 1
;       is sessmirror.locking = on, the default
;   redis.session.lock_expire = 60
;       is sessmirror.lock_lease_s = 60
;   redis.session.lock_retries = 500
;       is sessmirror.lock_wait_ms = 5000
;   redis.session.lock_wait_time = 10000
;       part of sessmirror.lock_wait_ms
;   redis.session.compression = lz4
;       is sessmirror.compression = zstd; every web server needs a build with libzstd
;   redis.session.compression_level = 3
;       GONE: zstd works at the level that suits sessions
;   redis.pconnect.pooling_enabled = 1
;       GONE: each worker keeps one connection to each store

; To know
; - The list holds a password: put it into a file of mode 0600 and name that in sessmirror.stores_file.
; - Sessions that are compressed with lz4 cannot be taken over: set redis.session.compression = none on the old servers one lifetime before the move.
; - sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other.
=> ok: redis://a:6380/2 1 redis:///run/r.sock 1
-- redis with TLS: exit code 1
; From session.save_handler = redis in OLD.INI
session.save_handler = sessmirror
sessmirror.import = "redis://b:6379"
sessmirror.locking = optimistic
sessmirror.stores = "redis://b:6379"

; What became of each directive
;   session.save_path = tls://a:6379?auth=***
;       REFUSED: a: TLS is not supported by this release
;   session.save_path = tls://a:6379?auth=***, tcp://b
;       is sessmirror.stores; every session is kept on several of these stores, not on one
;   redis.session.locking_enabled = 0, the default
;       is sessmirror.locking = optimistic: nobody waits, and changes at the same time are merged key by key

; To know
; - One store is one copy: list the stores of all web servers, so that the loss of one logs nobody out.
; - sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other.
=> ok: redis://b:6379 1
-- rediscluster: exit code 1
; From session.save_handler = rediscluster in OLD.INI
session.save_handler = sessmirror
sessmirror.import = "rediscluster://:geheim@a:7000, rediscluster://:geheim@b:7000"
sessmirror.locking = optimistic
sessmirror.stores = "list-the-stores-here://"

; What became of each directive
;   session.save_path = seed[]=a:7000&seed[]=b:7000&timeout=2&failover=error&auth=***
;       REFUSED: a node of a cluster takes only its part of the keys, so it is no store: run a Redis without cluster mode on each web server, and list those
;   session.save_path: failover = error
;       GONE: another replica is always asked, and the newest copy wins
;   redis.session.locking_enabled = 0, the default
;       is sessmirror.locking = optimistic: nobody waits, and changes at the same time are merged key by key

; To know
; - Sessions need no cluster: each is kept on several of the listed servers, and found on any of them.
; - A seed was a:7000.
; - A seed was b:7000.
; - sessmirror.import has to name every node of the cluster.
; - sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other.
=> error: store list, entry 1, "list-the-stores-here://": this release's stores are memcached over tcp:// or unix://, redis://, mysql://, and lmdb://; the scheme "list-the-stores-here" is not supported: 
-- files: exit code 0
; From session.save_handler = files in OLD.INI
session.save_handler = sessmirror
sessmirror.import = "files://DIR?depth=5"
sessmirror.stores = "lmdb://DIR"

; What became of each directive
;   session.save_path = 5;0600;DIR
;       is an embedded store in that folder: one file instead of one for each session
;   session.gc_maxlifetime = 1440
;       stays: the lifetime of a session, extended by every use

; To know
; - With more than one web server, set sessmirror.stores to the memcached or Redis of all of them instead.
; - The depth and the mode of the folders are gone: there are three files, of mode 0600.
; - The file does not set session.save_handler, so it is taken for "files"; --handler names another.
; - sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other.
=> ok: lmdb://DIR 1
-- nothing at all: exit code 0
; From session.save_handler = files in OLD.INI
session.save_handler = sessmirror

; What became of each directive
;   session.save_path = 
;       sessions are kept in an embedded store, in the folder for temporary files

; To know
; - With more than one web server, set sessmirror.stores to the memcached or Redis of all of them instead.
; - The file does not set session.save_handler, so it is taken for "files"; --handler names another.
; - Old sessions are not taken over, so everybody is logged out once: see sessmirror.import in docs/migration.md.
=> ok: lmdb://TEMPORARY  1
-- a pool of php-fpm: exit code 0
; From session.save_handler = memcached in OLD.INI
php_admin_value[session.save_handler] = sessmirror
php_admin_value[sessmirror.import] = "memcached://a:11211, memcached://b:11211"
php_admin_value[sessmirror.stores] = "a:11211, b:11211"

; What became of each directive
;   session.save_path = a,b
;       is sessmirror.stores; every session is kept on several of these stores, not on one
;   memcached.sess_number_of_replicas = 0
;       there was one copy of each session; now there are up to three (sessmirror.redundancy)
;   memcached.sess_locking = 1, the default
;       is sessmirror.locking = on, the default

; To know
; - sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other.
-- another handler: exit code 3
sessmirror: session.save_handler = user cannot be converted, only memcache, memcached, redis, rediscluster, files
-- ours: exit code 3
sessmirror: OLD.INI uses sessmirror already
-- what another file sets: exit code 0
{
    "handler": "memcached",
    "settings": {
        "session.save_handler": "sessmirror",
        "sessmirror.import": "memcached://a:11211, memcached://b:11211",
        "sessmirror.stores": "a:11211, b:11211"
    },
    "directives": [
        {
            "name": "session.save_path",
            "value": "a,b",
            "outcome": "became",
            "text": "is sessmirror.stores; every session is kept on several of these stores, not on one"
        },
        {
            "name": "memcached.sess_number_of_replicas",
            "value": "0",
            "outcome": "became",
            "text": "there was one copy of each session; now there are up to three (sessmirror.redundancy)"
        },
        {
            "name": "memcached.sess_locking",
            "value": "1, the default",
            "outcome": "became",
            "text": "is sessmirror.locking = on, the default"
        }
    ],
    "notes": [
        "sessmirror.import takes the old sessions over; docs/migration.md says when to remove it, and how to switch one server after the other."
    ]
}
-- every directive that docs/migration.md names is told of
memcached: many, not told of: 
memcache: many, not told of: 
redis: many, not told of: 
files: 0, not told of:
