--TEST--
redundancy = N stores exactly N copies, capped at the number of stores; all means all
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(4);
use_stores(...$stores);
foreach (['1' => 1, '2' => 2, '3' => 3, 'all' => 4] as $redundancy => $copies) {
    foreach ($stores as $store) $store->flush();
    ini_set('sessmirror.redundancy', $redundancy);
    for ($i = 0; $i < 20; $i++) {
        session_id("s$i");
        session_start();
        $_SESSION['n'] = $i;
        session_write_close();
    }
    $found = array_sum(array_map(fn ($store) => $store->sessions(), $stores));
    echo $redundancy, ': ', $found === 20 * $copies ? 'exact' : "$found copies", "\n";
}
?>
--EXPECT--
1: exact
2: exact
3: exact
all: exact
