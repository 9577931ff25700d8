--TEST--
Forty concurrent increments from two hosts are all kept
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
$pages = [];
for ($i = 0; $i < 40; $i++) {
    $host = ['sessmirror.local' => $stores[$i % 2]->name(), 'sessmirror.lock_wait_ms' => '60000',
             'sessmirror.io_timeout_ms' => '20000', 'sessmirror.deadline_ms' => '60000'];  // on any machine
    $pages[] = open_page(counting_page('A'), list_of(...$stores), $host);
}
$answers = array_map(fn ($page) => close_page(...$page), $pages);
sort($answers, SORT_NUMERIC);
var_dump($answers === array_map('strval', range(1, 40)));
if ($answers !== array_map('strval', range(1, 40))) print_r($answers);
?>
--EXPECT--
bool(true)
