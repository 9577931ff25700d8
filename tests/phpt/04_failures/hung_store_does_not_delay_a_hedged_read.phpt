--TEST--
When the local store hangs, the read is answered by another one long before the timeout
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
use_stores(...$stores);
ini_set('sessmirror.io_timeout_ms', '3000');
ini_set('sessmirror.deadline_ms', '6000');
ini_set('sessmirror.locking', 'off');
function read_session(): string
{
    $begin = microtime(true);
    session_id('A');
    session_start();
    $value = $_SESSION['cart'] ?? 'none';
    session_abort();
    return $value . (microtime(true) - $begin > 1.5 ? ', late' : ', in time');
}
session_id('A');
session_start();
$_SESSION['cart'] = 'full';
session_write_close();
foreach ($stores as $local) {
    ini_set('sessmirror.hedge', 'on');
    for ($i = 0; $i < 40; ++$i) read_session();
    // No store is the local one by name here, so the faster one is asked first: hang each in turn.
    $local->hang();
    echo read_session(), "\n";
    $local->resume();
}
$counters = sessmirror_status()['counters'];
echo 'hedged ', $counters['hedges'] > 0 ? 'yes' : 'no', ', won ', $counters['hedges_won'] > 0 ? 'yes' : 'no', "\n";
?>
--EXPECT--
full, in time
full, in time
hedged yes, won yes
