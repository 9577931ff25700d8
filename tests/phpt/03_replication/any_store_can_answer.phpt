--TEST--
A session is found whatever the host, the order of the list and the store that lost it
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(3);
$read = "session_id('A'); session_start(['read_and_close' => true]); echo \$_SESSION['n'] ?? 'lost';";
page("session_id('A'); session_start(); \$_SESSION['n'] = 'found';", list_of(...$stores));
foreach ([[0, 1, 2], [2, 1, 0], [1, 2, 0]] as $order)
    echo page($read, list_of(...array_map(fn ($i) => $stores[$i], $order))), "\n";
foreach ($stores as $store) {
    $store->flush();
    echo page($read, list_of(...$stores), ['sessmirror.local' => $store->name()]), "\n";
    page("session_id('A'); session_start(); \$_SESSION['m'] = mt_rand();", list_of(...$stores));
}
?>
--EXPECT--
found
found
found
found
found
found
