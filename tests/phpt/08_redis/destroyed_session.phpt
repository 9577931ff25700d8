--TEST--
A session that was destroyed stays destroyed on every Redis, also where one was away meanwhile
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = RedisServer::start(2);
$list = list_of(...$stores);
$start = fn (string $id) => page("session_id('$id'); session_start(); \$_SESSION['user'] = 7;", $list);
$destroy = fn (string $id) => page("session_id('$id'); session_start(); var_dump(session_destroy());", $list);
$read = fn (string $id, string $stores, array $ini = []) =>
    page("session_id('$id'); session_start(['read_and_close' => true]); echo count(\$_SESSION);", $stores, $ini);

$start('A');
echo $read('A', $list), "\n";
echo $destroy('A'), "\n";
foreach ($stores as $store) echo $read('A', $store->entry()), "\n";

$start('B');
$stores[0]->kill();
echo $destroy('B'), "\n";
$stores[0]->restart();
foreach ($stores as $local) echo $read('B', $list, ['sessmirror.local' => $local->name()]), "\n";

echo page(counting_page('A'), $list), "\n";  // it may be started again
?>
--EXPECT--
1
bool(true)
0
0
bool(true)
0
0
1
