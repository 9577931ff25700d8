--TEST--
A page that is longer than its buffer and only reads sends no cookie and asks no other host
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$visitor = new Visitor(list_of($a, $b), ['sessmirror.locking' => 'off']);
$visitor->visit('session_start(); $_SESSION["n"] = 1;', $a);
$cookies = $asked = 0;
foreach ([[$a, $b], [$b, $a], [$a, $b], [$b, $a]] as [$local, $other]) {
    $before = $other->commands();
    $body = $visitor->visit('session_start(); echo str_repeat("x", 10000), $_SESSION["n"];', $local);
    echo substr($body, -2), ' ';
    $cookies += count($visitor->received);
    $asked += $other->commands() - $before;
}
echo "$cookies cookies, $asked questions\n";
?>
--EXPECT--
x1 x1 x1 x1 0 cookies, 0 questions
