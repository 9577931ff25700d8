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
$wrong = [
    'empty list' => ['sessmirror.stores' => ''],
    'scheme' => ['sessmirror.stores' => 'http://10.0.0.1:11211'],
    'tls' => ['sessmirror.stores' => "tls://$good"],
    'port' => ['sessmirror.stores' => '10.0.0.1:99999'],
    'port text' => ['sessmirror.stores' => '10.0.0.1:http'],
    'weight' => ['sessmirror.stores' => "tcp://$good?weight=-1"],
    'parameter' => ['sessmirror.stores' => "tcp://$good?color=red"],
    'twice' => ['sessmirror.stores' => "$good,$good"],
    'empty entry' => ['sessmirror.stores' => "$good,,10.0.0.1:1"],
    'no socket' => ['sessmirror.stores' => 'unix:///nonexistent/socket'],
    'no such local' => ['sessmirror.local' => '10.9.9.9:1'],
    'redundancy' => ['sessmirror.redundancy' => '0'],
    'redundancy above stores' => ['sessmirror.redundancy' => '5'],
    'ack' => ['sessmirror.ack' => 'most'],
    'locking' => ['sessmirror.locking' => 'maybe'],
    'on_conflict' => ['sessmirror.on_conflict' => 'yours'],
    'lease' => ['sessmirror.lock_lease_s' => '0'],
    'wait' => ['sessmirror.lock_wait_ms' => '1s'],
    'connect' => ['sessmirror.connect_timeout_ms' => '0'],
    'io' => ['sessmirror.io_timeout_ms' => '0.2'],
    'deadline' => ['sessmirror.deadline_ms' => '-1'],
    'size' => ['sessmirror.max_session_bytes' => '16Mb'],
    'prefix' => ['sessmirror.key_prefix' => 'a b'],
    'log level' => ['sessmirror.log_level' => 'loud'],
];
foreach ($wrong as $kind => $ini) {
    $text = reset($ini);
    $answer = page('session_id("A"); echo session_start() ? "started" : "refused";', $good, $ini);
    $answer = explode("\n", $answer);
    $is_quoted = $text === '' || str_contains($answer[0], $text)
        || str_contains($answer[0], basename(parse_url($text, PHP_URL_QUERY) ?: $text));
    $is_clear = str_starts_with($answer[0], 'Warning: session_start(): The session was not started: ');
    echo $kind, ': ', $is_clear && $is_quoted && end($answer) === 'refused' ? 'refused' : implode("\n", $answer), "\n";
}
var_dump($store->items(), $store->stat('cmd_set'));
?>
--EXPECT--
empty list: refused
scheme: refused
tls: refused
port: refused
port text: refused
weight: refused
parameter: refused
twice: refused
empty entry: refused
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
size: refused
prefix: refused
log level: refused
int(0)
int(0)
