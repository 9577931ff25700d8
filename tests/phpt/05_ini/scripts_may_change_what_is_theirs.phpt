--TEST--
A script's wrong value is refused at once, and what belongs to the site is not the script's
--EXTENSIONS--
sessmirror
session
--INI--
sessmirror.secret=from-the-site
--FILE--
<?php
var_dump(ini_set('sessmirror.deadline_ms', 'soon'), ini_get('sessmirror.deadline_ms'));
var_dump(ini_set('sessmirror.deadline_ms', '500'), ini_get('sessmirror.deadline_ms'));
var_dump(ini_set('sessmirror.locking', 'perhaps'));
foreach (['secret', 'key_prefix', 'local', 'max_session_bytes', 'log_level'] as $name)
    var_dump(ini_set("sessmirror.$name", 'x'));
?>
--EXPECTF--
Warning: ini_set(): sessmirror.deadline_ms = "soon": must be a number of milliseconds from 1 to 600000 in %s on line %d
bool(false)
string(4) "1000"
string(4) "1000"
string(3) "500"

Warning: ini_set(): sessmirror.locking = "perhaps": must be on, optimistic or off in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
