--TEST--
sessmirror_status() works before any session and shows the pool afterwards
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$before = sessmirror_status();
echo implode(' ', array_keys($before)), "\n";
var_dump(strlen($before['host']), $before['local'], $before['stores'], array_sum($before['counters']));

$stores = Store::start(2);
use_stores(...$stores);
session_id('A');
session_start();
$_SESSION['n'] = 1;
session_write_close();

$after = sessmirror_status();
var_dump($after['host'] === $before['host'], $after['local'] === $stores[0]->name());
foreach ($after['stores'] as $i => $store) {
    var_dump($store['name'] === $stores[$i]->name());
    foreach (['local', 'up', 'state', 'refill_seen', 'refill_copied', 'weight', 'down_for_s', 'latency_us', 'requests', 'errors'] as $key)
        echo $key, ' ', get_debug_type($store[$key]), "\n";
}
var_dump($after['counters']['reads'], $after['counters']['writes']);
?>
--EXPECT--
version host scope configuration local last_import stores counters
int(16)
NULL
array(0) {
}
int(0)
bool(true)
bool(true)
bool(true)
local bool
up bool
state string
refill_seen int
refill_copied int
weight int
down_for_s float
latency_us int
requests int
errors int
bool(true)
local bool
up bool
state string
refill_seen int
refill_copied int
weight int
down_for_s float
latency_us int
requests int
errors int
int(1)
int(1)
