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
$gate = tempnam(sys_get_temp_dir(), 'gate');
[$process, $pipe] = $visitor->request("session_start(); \$_SESSION['n'] = 1; echo 'page'; ob_flush(); flush();
    \$end = microtime(true) + 20;
    while (file_exists('$gate') && microtime(true) < \$end) time_nanosleep(0, 2000000) and clearstatcache();
    \$_SESSION['late'] = 1; echo file_exists('$gate') ? 'gate was never opened' : 'end';", $a);
while (!str_contains($line = fgets($pipe), 'Set-Cookie'));
echo preg_replace('/=.*-.*/s', '=announcing token', $line), "\n";
$show = "session_id('A'); session_start(); echo json_encode(\$_SESSION), \"\\n\";";
echo page($show, list_of($a, $b), $off + ['sessmirror.local' => $b->name()]), "\n";
unlink($gate);
echo substr(close_page($process, $pipe), -7), "\n";
echo page($show, list_of($a, $b), $off + ['sessmirror.local' => $b->name()]), "\n";

$buffered = "session_start(); \$_SESSION = []; register_shutdown_function(fn () => \$_SESSION['shutdown'] = 1);
    final class D { function __destruct() { \$_SESSION['destructor'] = 1; } } \$d = new D; echo 'page';";
echo $visitor->visit($buffered, $a), ' ', preg_match('/=[^-]+;/', $visitor->received[0]), "\n";
echo page($show, list_of($a, $b), $off + ['sessmirror.local' => $b->name()]), "\n";
echo $visitor->visit('session_start(); $_SESSION["b"] = 1; ob_start(); echo 1; ob_start(fn ($text) => "[$text]"); echo 2; ob_flush();
    ob_end_flush(); echo ob_get_level(); ob_flush(); flush(); echo 3; ob_end_flush(); echo ob_get_level(), 4; ob_flush(); echo 5;', $a), "\n";
?>
--EXPECT--
Set-Cookie: PHPSESSID_V=announcing token
{"n":1}
pageend
{"n":1,"late":1}
page 1
{"shutdown":1,"destructor":1}
1[2][]23145
