--TEST--
A new visitor gets an empty session, a returning one what was stored
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
use_stores(...$stores);

session_start();
$id = session_id();
var_dump($_SESSION);
$_SESSION = ['n' => 1, 'bytes' => "\0\r\nEN\r\n\xff"];
session_write_close();

session_id($id);
session_start();
var_dump($_SESSION === ['n' => 1, 'bytes' => "\0\r\nEN\r\n\xff"]);
session_write_close();

foreach (['php_serialize', 'php_binary'] as $serializer) {
    ini_set('session.serialize_handler', $serializer);
    foreach ([1, 2] as $visit) {
        session_id("S-$serializer");
        session_start();
        echo $serializer, ' ', $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1, "\n";
        session_write_close();
    }
}
?>
--EXPECT--
array(0) {
}
bool(true)
php_serialize 1
php_serialize 2
php_binary 1
php_binary 2
