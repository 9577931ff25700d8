--TEST--
Ids of every kind are sessions of their own and never reach a store as a command
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
use_stores(...$stores);
$ids = ["a\0b", "a\0c", '../../etc/passwd', "\xe2\x82\xac", "\x01\x02\x7f", str_repeat('x', 6000),
        str_repeat('x', 5999) . 'y', str_repeat('x', 250), str_repeat('x', 251), 'A', 'a', 'A ', 'flush_all',
        'sm:A', "A\r\nflush_all\r\n", "mn\r", '-1', '0', '%00', '${PATH}'];
$seen = [];
foreach ($ids as $i => $id) {
    session_id($id);
    session_start();
    if ($_SESSION !== []) echo 'shared: ', bin2hex($id), "\n";
    $_SESSION['i'] = $i;
    $seen[$i] = str_contains($id, "\0") ? $id : session_id();  // session_id() cuts at NUL; PHP replaces others
    session_write_close();
}
foreach ($seen as $i => $id) {
    session_id($id);
    session_start(['read_and_close' => true]);
    if ($_SESSION['i'] !== $i) echo 'lost: ', bin2hex($id), "\n";
}
var_dump(count($seen) === count($ids));
foreach ($stores as $store)
    var_dump($store->sessions() === count($ids), $store->stat('cmd_flush'));
var_dump(sessmirror_status()['counters']['protocol_errors']);
?>
--EXPECT--
bool(true)
bool(true)
int(0)
bool(true)
int(0)
int(0)
