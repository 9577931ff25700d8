--TEST--
The save_path strings of memcache, memcached and redis name the same pool
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
page("session_id('A'); session_start(); \$_SESSION['n'] = 'same pool';", list_of($a, $b));
$notations = [
    "tcp://{$a->name()}?persistent=1&weight=1&timeout=1&retry_interval=15, tcp://{$b->name()}",
    "{$a->name()},{$b->name()}",
    "{$a->name()}:1,{$b->name()}:1",
    "tcp://{$a->name()} tcp://{$b->name()}",
    "tcp://{$b->name()};tcp://{$a->name()}",
];
foreach ($notations as $notation) {
    echo page("session_id('A'); session_start(['read_and_close' => true]); echo \$_SESSION['n'];", $notation), "\n";
    echo page("session_save_path('$notation'); session_id('A'); session_start(['read_and_close' => true]); echo \$_SESSION['n'];", ''), "\n";
}
?>
--EXPECT--
same pool
same pool
same pool
same pool
same pool
same pool
same pool
same pool
same pool
same pool
