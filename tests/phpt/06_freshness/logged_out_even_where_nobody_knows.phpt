--TEST--
Who logged out is logged out on every host, also on one that is cut off from all stores that know
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$both = list_of($a, $b);
$visitor = new Visitor($both, ['sessmirror.locking' => 'off']);
$visitor->visit('session_start(); $_SESSION["user"] = "Eve";', $a);
$thief = clone $visitor;
// The host of store b logs out while it cannot reach store a, which keeps the session.
$alone = new Visitor(list_of($b), ['sessmirror.locking' => 'off']);
$alone->cookies = $visitor->cookies;
$alone->visit('session_start(); session_destroy();', $b);
$b->hang();
$show = 'session_start(); echo $_SESSION["user"] ?? "nobody", " stale_reads=", sessmirror_status()["counters"]["stale_reads"];';
echo 'old cookies: ', $thief->visit($show, $a), "\n";
$visitor->cookies = $alone->cookies;
echo 'this visitor: ', $visitor->visit($show, $a), "\n";
echo 'even with stale=fail: ', $visitor->visit($show, $a, ['sessmirror.stale' => 'fail']), "\n";
$visitor->visit('session_start(); $_SESSION["user"] = "Ada";', $a);
echo 'logged in again: ', $visitor->visit($show, $a), "\n";
$b->resume();
echo 'on the other host: ', $visitor->visit($show, $b), "\n";
?>
--EXPECT--
old cookies: Eve stale_reads=0
this visitor: nobody stale_reads=0
even with stale=fail: nobody stale_reads=0
logged in again: Ada stale_reads=0
on the other host: Ada stale_reads=0
