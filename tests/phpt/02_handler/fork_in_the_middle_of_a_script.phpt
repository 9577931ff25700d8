--TEST--
A child forked in the middle of a script uses connections of its own
--EXTENSIONS--
sessmirror
session
pcntl
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
use_stores(...$stores);
session_id('A');
session_start();
$_SESSION['n'] = 1;
session_write_close();

$children = [];
for ($i = 0; $i < 4; $i++) {
    $child = pcntl_fork();
    if ($child === 0) {
        for ($n = 0; $n < 25; $n++) {
            session_id("child-$i");
            session_start();
            $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
            session_write_close();
        }
        pcntl_exec('/bin/true');  // ends without the parent's shutdown functions
    }
    $children[] = $child;
}
for ($n = 0; $n < 25; $n++) {
    session_id('A');
    session_start();
    $_SESSION['n']++;
    session_write_close();
}
foreach ($children as $child) pcntl_waitpid($child, $status);
foreach (['A', 'child-0', 'child-1', 'child-2', 'child-3'] as $id) {
    session_id($id);
    session_start(['read_and_close' => true]);
    echo $id, ' ', $_SESSION['n'], "\n";
}
var_dump(sessmirror_status()['counters']['protocol_errors']);
?>
--EXPECT--
A 26
child-0 25
child-1 25
child-2 25
child-3 25
int(0)
