--TEST--
Buffers that are flushed while the session is stored keep what they have
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$visitor = new Visitor(list_of($a, $b));
echo $visitor->visit('session_start(); $_SESSION["b"] = 1; ob_start(); echo 1; ob_start(fn ($text) => "[$text]"); echo 2; ob_flush();
    ob_end_flush(); echo ob_get_level(); ob_flush(); flush(); echo 3; ob_end_flush(); echo ob_get_level(), 4; ob_flush(); echo 5;', $a), "\n";
?>
--EXPECT--
1[2][]23145
