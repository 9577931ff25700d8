--TEST--
With all stores dead the session does not start, nothing is overwritten, and service returns with the stores
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
$_SESSION['n'] = 1;
session_write_close();

foreach ($stores as $store) $store->hang();
ob_start();
session_id('A');
var_dump(session_start(), session_status() === PHP_SESSION_NONE);
$_SESSION['n'] = 99;
session_write_close();
$page = ob_get_clean();
echo with_store_names($page, ...$stores), "\n";
foreach ($stores as $store) var_dump(str_contains($page, $store->name()));

foreach ([0, 1] as $strict) {
    ini_set('session.use_strict_mode', (string) $strict);
    session_id('A');
    var_dump(@session_start());
}

foreach ($stores as $store) $store->resume();
$is_back = until(function () {
    session_id('A');
    return @session_start(['read_and_close' => true]);
});
var_dump($is_back, $_SESSION);
?>
--EXPECTF--
Warning: session_start(): The session was not started: %s. What is stored stays as it is, and this request has no session. %s in %s on line %d

Warning: session_start(): Failed to read session data: sessmirror (path: %S) in %s on line %d
bool(false)
bool(true)

bool(true)
bool(true)
bool(false)
bool(false)
bool(true)
array(1) {
  ["n"]=>
  int(1)
}
