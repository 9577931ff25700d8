--TEST--
A directory that cannot be used fails the start, says which and why, and what to do
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$open = SessionDirectory::make(0777);
$file = SessionDirectory::make()->path . '/file';
touch($file);
foreach (["lmdb://$open->path", "lmdb://$open->path/missing", "lmdb://$file", "lmdb:///proc"] as $stores)
    echo str_replace([$open->path, $file], ['OPEN', 'FILE'],
        page('session_id("A"); echo session_start() ? "started" : "refused";', $stores)), "\n";
?>
--EXPECTF--
Warning: session_start(): The session was not started: the embedded store does not use OPEN: everybody may replace files there; make it sticky (chmod +t). What is stored stays as it is, and this request has no session. Correct the configuration.%a
refused
Warning: session_start(): The session was not started: the embedded store cannot use OPEN/missing: No such file or directory. What is stored stays as it is, and this request has no session. Correct the configuration.%a
refused
Warning: session_start(): The session was not started: the embedded store does not use FILE: it is no directory. What is stored stays as it is, and this request has no session. Correct the configuration.%a
refused
Warning: session_start(): The session was not started: the embedded store cannot open /proc/sessmirror-%d.locks: %s. What is stored stays as it is, and this request has no session. Correct the configuration.%a
refused
