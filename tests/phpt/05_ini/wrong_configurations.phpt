--TEST--
Every kind of wrong configuration fails the start with the offending text quoted
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$store] = Store::start(1);
$good = $store->name();
// kind => [directive, value, what the message must quote]
$wrong = [
    'empty list' => ['stores', ',', 'empty'],
    'scheme' => ['stores', 'http://10.0.0.1:11211', '"http://10.0.0.1:11211"'],
    'tls' => ['stores', "tls://$good", "\"tls://$good\""],
    'tls of redis' => ['stores', 'rediss://10.0.0.1', 'TLS is not supported'],
    'user or password' => ['stores', 'redis://hush@10.0.0.1', '"redis://***"'],
    'database' => ['stores', 'tcp://10.0.0.1?auth=hush&database=x', '"tcp://10.0.0.1?auth=***"'],
    'prefix of redis' => ['stores', 'tcp://10.0.0.1:6379?prefix=a', 'sessmirror.key_prefix'],
    'port' => ['stores', '10.0.0.1:99999', '"10.0.0.1:99999"'],
    'port text' => ['stores', '10.0.0.1:http', '"10.0.0.1:http"'],
    'weight' => ['stores', "tcp://$good?weight=-1", 'weight'],
    'parameter' => ['stores', "tcp://$good?color=red", 'color'],
    'twice' => ['stores', "10.0.0.1:1,$good,$good", "entry 3, \"$good\""],
    'empty entry' => ['stores', "$good,,10.0.0.1:1", 'after entry 1 is empty'],
    'folder and store' => ['stores', sys_get_temp_dir() . ",$good", 'cannot stand beside other stores'],
    'embedded and store' => ['stores', "lmdb:///tmp,$good", 'cannot stand beside other stores'],
    'size of embedded' => ['stores', 'lmdb:///tmp?size_mb=1', 'from 8 to 1048576'],
    'no socket' => ['stores', 'unix:///nonexistent/socket', '/nonexistent/socket'],
    'no such local' => ['local', '10.9.9.9:1', '10.9.9.9:1'],
    'redundancy' => ['redundancy', '0', 'sessmirror.redundancy = "0"'],
    'redundancy above stores' => ['redundancy', '5', '5 copies, but only 1 store'],
    'ack' => ['ack', 'most', 'sessmirror.ack = "most"'],
    'locking' => ['locking', 'maybe', 'sessmirror.locking = "maybe"'],
    'on_conflict' => ['on_conflict', 'yours', 'sessmirror.on_conflict = "yours"'],
    'lease' => ['lock_lease_s', '0', 'sessmirror.lock_lease_s = "0"'],
    'wait' => ['lock_wait_ms', '1s', 'sessmirror.lock_wait_ms = "1s"'],
    'connect' => ['connect_timeout_ms', '0', 'sessmirror.connect_timeout_ms = "0"'],
    'io' => ['io_timeout_ms', '0.2', 'sessmirror.io_timeout_ms = "0.2"'],
    'deadline' => ['deadline_ms', '-1', 'sessmirror.deadline_ms = "-1"'],
    'polling' => ['poll_us', '5ms', 'sessmirror.poll_us = "5ms"'],
    'compression' => ['compression', 'gzip', 'sessmirror.compression = "gzip"'],
    'threshold' => ['compress_threshold_bytes', '4 KB', 'sessmirror.compress_threshold_bytes = "4 KB"'],
    'size' => ['max_session_bytes', '16Mb', 'sessmirror.max_session_bytes = "16Mb"'],
    'format' => ['write_format', '3', 'sessmirror.write_format = "3"'],
    'prefix' => ['key_prefix', 'a b', 'sessmirror.key_prefix contains byte 0x20'],
    'log level' => ['log_level', 'loud', 'sessmirror.log_level = "loud"'],
];
foreach ($wrong as $kind => [$directive, $text, $quoted]) {
    $answer = explode("\n", page('session_id("A"); echo session_start() ? "started" : "refused";', $good,
        ["sessmirror.$directive" => $text]));
    $is_clear = str_starts_with($answer[0], 'Warning: session_start(): The session was not started: ')
        && str_contains($answer[0], $quoted) && end($answer) === 'refused';
    echo $kind, ': ', $is_clear ? 'refused' : implode("\n", $answer), "\n";
}
var_dump($store->items(), $store->stat('cmd_set'));
?>
--EXPECT--
empty list: refused
scheme: refused
tls: refused
tls of redis: refused
user or password: refused
database: refused
prefix of redis: refused
port: refused
port text: refused
weight: refused
parameter: refused
twice: refused
empty entry: refused
folder and store: refused
embedded and store: refused
size of embedded: refused
no socket: refused
no such local: refused
redundancy: refused
redundancy above stores: refused
ack: refused
locking: refused
on_conflict: refused
lease: refused
wait: refused
connect: refused
io: refused
deadline: refused
polling: refused
compression: refused
threshold: refused
size: refused
format: refused
prefix: refused
log level: refused
int(0)
int(0)
