--TEST--
A directory as session.save_path is an embedded store, also one that only root can list
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$directory = SessionDirectory::make(01733);  // as Debian presets it
$visit = fn (string $code) => page($code, '', ['session.save_path' => $directory->path]);
$visit('session_id("A"); session_start(); $_SESSION["n"] = 1;');
echo $visit('session_id("A"); session_start(); echo $_SESSION["n"];'), "\n";
echo page('session_id("A"); session_start(); echo $_SESSION["n"];', "lmdb://$directory->path?size_mb=64"), "\n";
echo count($directory->files());
?>
--EXPECT--
1
1
3
