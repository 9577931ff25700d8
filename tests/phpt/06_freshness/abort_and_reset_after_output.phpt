--TEST--
session_abort() and session_reset() after output undo what left with the headers
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$visitor = new Visitor(list_of($a, $b));
$show = 'session_start(["read_and_close" => true]); echo json_encode($_SESSION);';
$flush = 'echo "x"; ob_flush(); flush();';
$visitor->visit("session_start(); \$_SESSION['n'] = 1; $flush session_abort();", $a);
echo $visitor->visit($show, $b), "\n";
$visitor->visit('session_start(); $_SESSION["n"] = 1;', $a);
$visitor->visit("session_start(); \$_SESSION['n'] = 2; $flush session_abort();", $a);
echo $visitor->visit($show, $b), "\n";
echo $visitor->visit("session_start(); \$_SESSION['n'] = 3; $flush session_reset(); echo \$_SESSION['n']; \$_SESSION['m'] = 4;", $a), "\n";
echo $visitor->visit($show, $b), "\n";
echo $visitor->visit("session_start(); \$_SESSION['n'] = 5; $flush session_destroy();", $a), "\n";
echo $visitor->visit($show, $b), "\n";
?>
--EXPECT--
[]
{"n":1}
x1
{"n":1,"m":4}
x
[]
