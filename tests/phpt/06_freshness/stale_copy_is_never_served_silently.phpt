--TEST--
With a token an old copy is passed over, and what happens without a newer one is sessmirror.stale's to say
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$both = list_of($a, $b);
$off = ['sessmirror.locking' => 'off'];
$visitor = new Visitor($both, $off);
$visitor->visit('session_start(); $_SESSION["n"] = 1;', $a);
// The host of store b goes on alone, as it does while the network is cut.
$alone = new Visitor(list_of($b), $off);
$alone->cookies = $visitor->cookies;
$alone->visit('session_start(); $_SESSION["n"] = 2;', $b);

$show = 'session_start(); echo $_SESSION["n"] ?? "none", " stale_reads=", sessmirror_status()["counters"]["stale_reads"];';
echo 'old token: ', $visitor->visit($show, $a), "\n";
$visitor->cookies = $alone->cookies;
$b->hang();
echo 'serve: ', $visitor->visit($show, $a), "\n";
echo 'readonly: ', strtok(strip_tags($visitor->visit('session_start(); echo $_SESSION["n"]; $_SESSION["n"] = 5; session_write_close();', $a,
    ['sessmirror.stale' => 'readonly'])), "\n"), "\n";
echo 'fail: ', str_contains($visitor->visit('session_start(); echo $_SESSION["n"] ?? "none";', $a, ['sessmirror.stale' => 'fail']),
    'the client has seen a newer version') ? 'refused' : 'started', "\n";
$b->resume();
echo 'back: ', $visitor->visit($show, $a), "\n";
?>
--EXPECT--
old token: 1 stale_reads=0
serve: 1 stale_reads=1
readonly: 1
fail: refused
back: 2 stale_reads=0
