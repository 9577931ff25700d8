--TEST--
A destroyed session is gone from every store and may be started again in the same request
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
use_stores(...$stores);
session_id('A');
session_start();
$_SESSION['n'] = 7;
session_write_close();
session_id('A');
session_start();
var_dump(session_destroy());

foreach ($stores as $i => $store) {
    ini_set('session.save_path', list_of($store));
    session_id('A');
    session_start(['read_and_close' => true]);
    var_dump($_SESSION);
}

ini_set('session.save_path', list_of(...$stores));
session_id('A');
session_start();
$_SESSION['m'] = 1;
session_write_close();
session_id('A');
session_start(['read_and_close' => true]);
var_dump($_SESSION);

session_id('never stored');
@session_start();
var_dump(session_destroy());
?>
--EXPECT--
bool(true)
array(0) {
}
array(0) {
}
array(1) {
  ["m"]=>
  int(1)
}
bool(true)
