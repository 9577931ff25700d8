--TEST--
session_abort() stores nothing, session_reset() gives back what was stored
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
use_stores(...Store::start(2));
session_id('A');
session_start();
$_SESSION['n'] = 1;
session_write_close();

session_id('A');
session_start();
$_SESSION['n'] = 2;
session_abort();

session_id('A');
session_start();
$_SESSION['n'] = 3;
session_reset();
echo $_SESSION['n'], "\n";
$_SESSION['n'] += 10;
session_write_close();

session_id('A');
session_start(['read_and_close' => true]);
echo $_SESSION['n'], "\n";
?>
--EXPECT--
1
11
