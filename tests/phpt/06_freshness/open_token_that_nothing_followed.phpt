--TEST--
A token that was left open, and that no change followed, costs one question to the home, and then none
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$visitor = new Visitor(list_of($a, $b), ['sessmirror.locking' => 'off']);
$early = 'session_start(); $_SESSION["n"] = 1; echo "page"; ob_flush(); flush(); echo 2;';
echo $visitor->visit($early, $a), ' ', preg_match('/-/', $visitor->cookies['PHPSESSID_V']), "\n";
$asked = [];
foreach ([1, 2] as $turn)
    foreach ([[$a, $b], [$b, $a]] as [$local, $other]) {
        $before = $other->commands();
        echo $visitor->visit('session_start(); echo $_SESSION["n"];', $local);
        $asked[$turn] = ($asked[$turn] ?? 0) + $other->commands() - $before;
    }
echo ' ', preg_match('/-/', $visitor->cookies['PHPSESSID_V']), ' ', $asked[1] <= 1 ? 'one question at most' : 'questions', ' ', $asked[2], "\n";
?>
--EXPECT--
page2 1
1111 0 one question at most 0
