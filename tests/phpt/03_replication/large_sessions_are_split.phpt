--TEST--
A session above the store's item limit is stored in pieces, on every store
--EXTENSIONS--
sessmirror
session
--INI--
memory_limit=256M
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2, '-m', '128');
use_stores(...$stores);
ini_set('sessmirror.deadline_ms', '20000');
ini_set('sessmirror.io_timeout_ms', '10000');
foreach ([1_000_000, 3_000_000, 9_000_000, 10] as $size) {
    $data = str_repeat(md5((string) $size), intdiv($size, 32) + 1);
    session_id('A');
    session_start();
    $_SESSION['data'] = $data;
    session_write_close();
    foreach ($stores as $store) {
        ini_set('session.save_path', list_of($store));
        session_id('A');
        session_start(['read_and_close' => true]);
        echo $size, ' ', $_SESSION['data'] === $data ? 'same' : 'different', "\n";
    }
    ini_set('session.save_path', list_of(...$stores));
}
?>
--EXPECT--
1000000 same
1000000 same
3000000 same
3000000 same
9000000 same
9000000 same
10 same
10 same
