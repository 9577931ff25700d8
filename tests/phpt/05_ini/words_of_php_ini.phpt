--TEST--
The words that php.ini itself turns into "1" and "" mean what they say
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$store] = Store::start(1);
foreach (['', '1', 'on', 'off', 'On', 'OFF'] as $word)
    echo "locking $word: ", page(counting_page('A'), $store->name(), ['sessmirror.locking' => $word]), "\n";
foreach (['', 'none', 'auto'] as $word)
    echo "local $word: ", page(counting_page('A'), $store->name(), ['sessmirror.local' => $word]), "\n";
foreach (['', 'none', 'None'] as $word)
    echo "compression $word: ", page(counting_page('A'), $store->name(), ['sessmirror.compression' => $word]), "\n";
foreach (['', 'off', 'warning', 'notice', 'info'] as $word)
    echo "log_level $word: ", page(counting_page('A'), $store->name(), ['sessmirror.log_level' => $word]), "\n";
?>
--EXPECT--
locking : 1
locking 1: 2
locking on: 3
locking off: 4
locking On: 5
locking OFF: 6
local : 7
local none: 8
local auto: 9
compression : 10
compression none: 11
compression None: 12
log_level : 13
log_level off: 14
log_level warning: 15
log_level notice: 16
log_level info: 17
