--TEST--
A MariaDB beside a memcached keeps every session that the memcached loses, and either may be away
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$memcached] = Store::start(1);
[$mariadb] = MariadbServer::start(1);
$stores = [$memcached, $mariadb];
$list = list_of(...$stores);
$count = fn (RealServer $local, string $visitor = 'A') =>
    page(counting_page($visitor), $list, ['sessmirror.local' => $local->name()]);
foreach ([0, 1, 0, 1] as $i) echo $count($stores[$i]), ' ';
echo $memcached->sessions(), ' ', $mariadb->sessions(), "\n";
foreach ($stores as $broken) {
    $broken->kill();
    foreach ($stores as $local) echo $count($local), ' ';
    $broken->restart();
    foreach ($stores as $local) echo $count($local), ' ';
    echo $memcached->sessions(), ' ', $mariadb->sessions(), "\n";
}
// Everything that is in memory is lost; what was committed is not.
$memcached->kill();
$mariadb->kill();
$memcached->restart();
$mariadb->restart();
foreach ($stores as $local) echo $count($local), ' ';
echo $memcached->sessions(), ' ', $mariadb->sessions(), "\n";
?>
--EXPECT--
1 2 3 4 1 1
5 6 7 8 1 1
9 10 11 12 1 1
13 14 1 1
