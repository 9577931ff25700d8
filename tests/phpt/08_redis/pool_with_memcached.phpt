--TEST--
One memcached and one Redis in a pool keep the same sessions, and either may fail
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$memcached] = Store::start(1);
[$redis] = RedisServer::start(1);
$stores = [$memcached, $redis];
$list = list_of(...$stores);
$count = fn (RealServer $local) => page(counting_page('A'), $list, ['sessmirror.local' => $local->name()]);
foreach ([0, 1, 0, 1] as $i) echo $count($stores[$i]), ' ';
echo $memcached->sessions(), ' ', $redis->sessions(), "\n";

foreach ($stores as $broken) {
    $broken->kill();
    foreach ($stores as $local) echo $count($local), ' ';
    $broken->restart();
    foreach ($stores as $local) echo $count($local), ' ';
    echo $memcached->sessions(), ' ', $redis->sessions(), "\n";
}

$second = open_page('session_id("B"); for ($i = 0; $i < 30; $i++) { session_start();
    $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1; session_write_close(); }', $list,
    ['sessmirror.local' => $memcached->name()]);
echo page('session_id("B"); for ($i = 0; $i < 30; $i++) { session_start();
    $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1; session_write_close(); }', $list,
    ['sessmirror.local' => $redis->name()]), close_page(...$second);
foreach ($stores as $store)
    echo page('session_id("B"); session_start(["read_and_close" => true]); echo $_SESSION["n"];', $store->entry()), "\n";
?>
--EXPECT--
1 2 3 4 1 1
5 6 7 8 1 1
9 10 11 12 1 1
60
60
