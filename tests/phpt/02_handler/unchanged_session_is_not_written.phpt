--TEST--
An unchanged session is not written; with lazy_write off it is not sent again either while it is equal
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
use_stores(...$stores);
function visit(array $change): void
{
    session_id('A');
    session_start();
    $_SESSION = $change + $_SESSION;
    session_write_close();
    echo sessmirror_status()['counters']['writes'], "\n";
}
visit(['n' => 1]);
visit([]);
visit(['n' => 1]);
visit(['n' => 2]);
?>
--EXPECT--
1
1
1
2
