--TEST--
A request waits for the lock as long as configured, then fails to start and changes nothing
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
use_stores(...$stores);
session_id('A');
session_start();
$_SESSION['n'] = 1;

$begin = microtime(true);
echo page(counting_page('A'), list_of(...$stores), ['sessmirror.lock_wait_ms' => 300]), "\n";
$waited = microtime(true) - $begin;
var_dump($waited >= 0.3, $waited < 30);

[$process, $pipe] = open_page(counting_page('A'), list_of(...$stores));  // waits up to 10 s
session_write_close();
echo close_page($process, $pipe), "\n";
?>
--EXPECTF--
Warning: session_start(): The session was not started: %s. What is stored stays as it is, and this request has no session. Look for a slow request with the same session, or raise sessmirror.lock_wait_ms. in %s on line %d

Warning: session_start(): Failed to read session data: sessmirror (path: %S) in %s on line %d
1
bool(true)
bool(true)
2
