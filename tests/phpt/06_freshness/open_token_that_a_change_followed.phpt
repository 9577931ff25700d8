--TEST--
A change that followed an open token is found, and nobody need be asked for it
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$visitor = new Visitor(list_of($a, $b), ['sessmirror.locking' => 'off']);
$visitor->visit('session_start(); $_SESSION["n"] = 1; echo "page"; ob_flush(); flush(); $_SESSION["late"] = 2;', $a);
echo preg_match('/-/', $visitor->cookies['PHPSESSID_V']), "\n";
foreach ([[$a, $b], [$b, $a]] as [$local, $other]) {
    $before = $other->commands();
    echo $visitor->visit('session_start(); echo json_encode($_SESSION);', $local), ' ', $other->commands() - $before, "\n";
}
?>
--EXPECT--
1
{"n":1,"late":2} 0
{"n":1,"late":2} 0
