--TEST--
Requests of one visitor at the same time lose nothing: under the lock, and by merging
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$directory = SessionDirectory::make();
foreach (['on', 'optimistic'] as $locking) {
    $pages = [];
    for ($i = 0; $i < 8; $i++) {
        $key = $locking === 'on' ? 'n' : "n$i";
        $pages[] = open_page('session_id("' . $locking . '"); for ($i = 0; $i < 20; $i++) { session_start();
            $_SESSION["' . $key . '"] = ($_SESSION["' . $key . '"] ?? 0) + 1; session_write_close(); }',
            "lmdb://$directory->path", ['sessmirror.locking' => $locking]);
    }
    foreach ($pages as $page) echo close_page(...$page);
    echo page('session_id("' . $locking . '"); session_start(); echo array_sum($_SESSION);',
        "lmdb://$directory->path"), "\n";
}
?>
--EXPECT--
160
160
