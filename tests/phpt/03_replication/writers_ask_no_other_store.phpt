--TEST--
What the last page knew is left with the stores when it ends: the next one asks none but its own before it writes
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(3);
$count = fn () => array_map(fn ($store) => $store->stat('cmd_get'), $stores);
foreach (['on', 'optimistic', 'off'] as $locking) {
    $change = "session_id('$locking'); session_start(); \$_SESSION['n'] = 1 + (\$_SESSION['n'] ?? 0); echo \$_SESSION['n'];";
    page($change, list_of(...$stores), ['sessmirror.locking' => $locking]);
    foreach ($stores as $local => $store) {
        $before = $count();
        echo $locking, ' ', page($change, list_of(...$stores),
            ['sessmirror.locking' => $locking, 'sessmirror.local' => $store->name()]);
        $asked = array_diff_assoc($count(), $before);
        unset($asked[$local]);
        // With the lock comes the version at its home, in the same packet.
        echo count($asked) <= ($locking === 'on' ? 1 : 0) ? '' : ', others were asked: ' . count($asked), "\n";
    }
}
?>
--EXPECT--
on 2
on 3
on 4
optimistic 2
optimistic 3
optimistic 4
off 2
off 3
off 4
