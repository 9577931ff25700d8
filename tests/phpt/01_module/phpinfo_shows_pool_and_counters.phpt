--TEST--
phpinfo() shows version, libraries, pool, health, counters and directives
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
session_write_close();
$stores[1]->kill();
session_id('A');
session_start();
$_SESSION['n'] = 1;
session_write_close();

ob_start();
phpinfo(INFO_MODULES);
$info = strip_tags(ob_get_clean());
$block = substr($info, strpos($info, "\nsessmirror\n") + 1);
$block = substr($block, 0, strpos($block, 'sessmirror.stores_file') - 1);
echo preg_replace('/\d+\.\d+ s|\d+ us/', 'N', with_store_names($block, ...$stores));
?>
--EXPECTF--
sessmirror

sessmirror support => enabled
Version => %d.%d.%d
Libraries => libevent %s, xxHash %s, libsodium %s, libzstd %s, zlib %s, hiredis %s, LMDB %s
Host => %x
Health and counters => of this process alone; ask a page of the web server for its
Configuration => ok
Local store => STORE1

Store => State
STORE1 => unchecked, weight 1, N, %d requests, 0 errors
STORE2 => down for N, weight 1, N, %d requests, %d errors

Counter of this host => Value
%aconnections => %d
%asessmirror.ack => all => all
%asessmirror.stores => no value => no value%A
