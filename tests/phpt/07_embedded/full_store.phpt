--TEST--
A full embedded store refuses a change, says so, and keeps what was stored
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$directory = SessionDirectory::make();
$stores = "lmdb://$directory->path?size_mb=8";
page('session_id("A"); session_start(); $_SESSION["n"] = 1;', $stores);
$answer = page('for ($i = 0; $i < 20; $i++) { session_id("B$i"); session_start();
    $_SESSION["x"] = str_repeat("x", 900_000); session_write_close(); }', $stores);
echo preg_match('/The session could not be fully stored: .*the embedded store in \S+ is full \(size_mb=8\)/',
    $answer) ? 'told' : $answer, "\n";
echo page('session_id("A"); session_start(); echo $_SESSION["n"];', $stores);
?>
--EXPECT--
told
1
