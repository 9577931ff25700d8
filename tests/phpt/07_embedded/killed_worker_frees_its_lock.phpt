--TEST--
The lock of a worker that was killed is free at once
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$directory = SessionDirectory::make();
[$process, $pipe] = open_page('session_id("A"); session_start(); echo "locked\n"; flush(); while (true) time_nanosleep(1, 0);',
    "lmdb://$directory->path");
echo fgets($pipe);
proc_terminate($process, 9);
close_page($process, $pipe);
$begin = microtime(true);
echo page('session_id("A"); echo session_start() ? "started" : "refused";', "lmdb://$directory->path"), "\n";
var_dump(microtime(true) - $begin < 5);
?>
--EXPECT--
locked
started
bool(true)
