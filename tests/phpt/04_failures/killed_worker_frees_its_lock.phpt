--TEST--
A worker killed with the session open holds up others at most until its lease ends, and the data is found
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
$list = list_of(...$stores);
$ini = ['sessmirror.lock_lease_s' => '2'];
echo page(counting_page('A'), $list, $ini), "\n";
[$process, $pipe] = open_page("session_id('A'); session_start(); echo 'open'; flush(); while (true) time_nanosleep(1, 0);",
    $list, $ini);
stream_set_blocking($pipe, false);
$output = '';
var_dump(until(function () use ($pipe, &$output) { return ($output .= fread($pipe, 100)) === 'open'; }));
proc_terminate($process, 9);
proc_close($process);
$begin = microtime(true);
echo page(counting_page('A'), $list, $ini), "\n";
var_dump(microtime(true) - $begin < 5);
?>
--EXPECT--
1
bool(true)
2
bool(true)
