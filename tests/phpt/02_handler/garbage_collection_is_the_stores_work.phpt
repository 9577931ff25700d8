--TEST--
session_gc() collects nothing, stores expire sessions by themselves
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(1);
use_stores(...$stores);
ini_set('session.gc_maxlifetime', '2');
session_id('A');
session_start();
$_SESSION['n'] = 1;
var_dump(session_gc());
session_write_close();
$read = function () {
    session_id('B');  // an unknown id: asks without extending A's lifetime
    session_start(['read_and_close' => true]);
};
var_dump($stores[0]->items());
$gone = until(function () use ($stores) {
    $stores[0]->stat('curr_items');
    $socket = stream_socket_client('tcp://' . $stores[0]->name());
    fwrite($socket, "lru_crawler crawl all\r\n");
    fgets($socket);
    fclose($socket);
    return $stores[0]->items() === 0;
}, 15);
var_dump($gone);
session_id('A');
session_start(['read_and_close' => true]);
var_dump($_SESSION);
?>
--EXPECT--
int(0)
int(1)
bool(true)
array(0) {
}
