--TEST--
A change made before the headers is stored when they arrive; later ones at close
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$off = ['sessmirror.locking' => 'off'];
$visitor = new Visitor(list_of($a, $b), $off);
$visitor->cookies['PHPSESSID'] = 'A';
$show = "session_id('A'); session_start(); echo json_encode(\$_SESSION), \"\\n\";";
$on_b = $off + ['sessmirror.local' => $b->name()];
$gate = new Gate;
[$process, $pipe] = $visitor->request("session_start(); \$_SESSION['n'] = 1; echo 'page'; ob_flush(); flush();
    {$gate->code()} \$_SESSION['late'] = 1; echo 'end';", $a);
while (!str_contains($line = fgets($pipe), 'Set-Cookie'));
echo preg_replace('/=.*-.*/s', '=open token', $line), "\n";
echo page($show, list_of($a, $b), $on_b), "\n";
$gate->open();
echo substr(close_page($process, $pipe), -7), "\n";
echo page($show, list_of($a, $b), $on_b), "\n";

$buffered = "session_start(); \$_SESSION = []; register_shutdown_function(fn () => \$_SESSION['shutdown'] = 1);
    final class D { function __destruct() { \$_SESSION['destructor'] = 1; } } \$d = new D; echo 'page';";
echo $visitor->visit($buffered, $a), ' ', preg_match('/=[^-]+;/', $visitor->received[0]), "\n";
echo page($show, list_of($a, $b), $on_b), "\n";
?>
--EXPECT--
Set-Cookie: PHPSESSID_V=open token
{"n":1}
pageend
{"n":1,"late":1}
page 1
{"shutdown":1,"destructor":1}
