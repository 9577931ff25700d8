--TEST--
Strict mode replaces an id that no store knows and keeps one that any store knows
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
use_stores(...$stores);
ini_set('session.use_strict_mode', '1');

session_id('unknown');
session_start();
var_dump(session_id() === 'unknown');
$known = session_id();
$_SESSION['n'] = 1;
session_write_close();

$stores[0]->flush();  // only the other store has it now
session_id($known);
session_start();
var_dump(session_id() === $known, $_SESSION);
$new = session_create_id('prefix-');
var_dump(str_starts_with($new, 'prefix-'));
session_write_close();

session_id($known);
session_start();
session_destroy();
session_id($known);
session_start();
var_dump(session_id() === $known);
session_abort();
?>
--EXPECT--
bool(false)
bool(true)
array(1) {
  ["n"]=>
  int(1)
}
bool(true)
bool(false)
