--TEST--
A lock on Redis holds up the visitor's next request until the first has ended, and no longer
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = RedisServer::start(2);
$list = list_of(...$stores);
$gate = new Gate();
$first = open_page("session_id('A'); session_start(); {$gate->code()} \$_SESSION['n'] = 1;", $list);
$gate->waitForPage();

$begin = microtime(true);
$refused = page(counting_page('A'), $list, ['sessmirror.lock_wait_ms' => 300]);
var_dump(microtime(true) - $begin >= 0.3, str_contains($refused, 'The session was not started'));

$second = open_page(counting_page('A'), $list);  // waits up to 10 s
$gate->open();
echo close_page(...$first), close_page(...$second), "\n";

$pages = [];
for ($i = 0; $i < 6; $i++)
    $pages[] = open_page('for ($i = 0; $i < 20; $i++) { session_id("B"); session_start();
        $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1; session_write_close(); }', $list,
        ['sessmirror.local' => $stores[$i % 2]->name()]);
foreach ($pages as $page) echo close_page(...$page);
echo page('session_id("B"); session_start(); echo $_SESSION["n"];', $list), "\n";
foreach ($stores as $store) echo substr_count($store->tell('KEYS', '*.l'), '.l'), " locks left\n";
?>
--EXPECT--
bool(true)
bool(true)
2
120
0 locks left
0 locks left
