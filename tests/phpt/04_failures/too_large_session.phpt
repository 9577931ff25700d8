--TEST--
A session above max_session_bytes is refused before it is sent, and the old one stays
--EXTENSIONS--
sessmirror
session
--INI--
sessmirror.max_session_bytes=64K
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
use_stores(...$stores);
session_id('A');
session_start();
$_SESSION['n'] = 1;
session_write_close();

session_id('A');
session_start();
$_SESSION['data'] = str_repeat('x', 70000);
session_write_close();

session_id('A');
session_start(['read_and_close' => true]);
var_dump($_SESSION);
?>
--EXPECTF--
Warning: session_write_close(): The session could not be fully stored: %s. The changes of this request are lost; what was stored before stays. Keep less in the session, or raise sessmirror.max_session_bytes and the store's own limit. in %s on line %d

Warning: session_write_close(): Failed to write session data (sessmirror). Please verify that the current setting of session.save_path is correct (%S) in %s on line %d
array(1) {
  ["n"]=>
  int(1)
}
