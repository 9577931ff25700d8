--TEST--
With locking off an unchanged request sends nothing to another host's store
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
$list = list_of(...$stores);
page("session_id('A'); session_start(); \$_SESSION['n'] = 1;", $list, ['sessmirror.locking' => 'off']);
foreach ([0, 1] as $host) {
    $other = $stores[1 - $host];
    $before = $other->commands();
    $own = $stores[$host]->commands();
    for ($i = 0; $i < 5; $i++)
        echo page("session_id('A'); session_start(); echo \$_SESSION['n'];", $list,
            ['sessmirror.local' => $stores[$host]->name(), 'sessmirror.locking' => 'off']);
    var_dump($other->commands() - $before, $stores[$host]->commands() - $own >= 5);
}
?>
--EXPECT--
11111int(0)
bool(true)
11111int(0)
bool(true)
