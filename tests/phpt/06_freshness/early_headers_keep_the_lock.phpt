--TEST--
Headers that leave early leave the session locked until it is closed
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$visitor = new Visitor(list_of($a, $b));
$visitor->cookies['PHPSESSID'] = 'A';
$try = "session_id('A'); echo @session_start() ? json_encode(\$_SESSION) : 'locked';";
$no_wait = ['sessmirror.lock_wait_ms' => '0', 'sessmirror.local' => $b->name()];
$gate = new Gate;
[$process, $pipe] = $visitor->request("session_start(); \$_SESSION['n'] = 1; echo 'page'; ob_flush(); flush(); {$gate->code()}", $a);
$gate->waitForPage();
echo page($try, list_of($a, $b), $no_wait), "\n";
$gate->open();
close_page($process, $pipe);
echo page($try, list_of($a, $b), $no_wait), "\n";
?>
--EXPECT--
locked
{"n":1}
