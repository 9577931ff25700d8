--TEST--
Over two MariaDB servers a new visitor gets an empty session, a returning one what was stored, on either host
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = MariadbServer::start(2);
use_stores(...$stores);

session_start();
$id = session_id();
var_dump($_SESSION);
$_SESSION = ['n' => 1, 'bytes' => "\0'\\';\xff", 'large' => str_repeat("'x", 100_000)];
$stored = $_SESSION;
session_write_close();

foreach ($stores as $store) {
    ini_set('session.save_path', $store->entry());
    session_id($id);
    session_start(['read_and_close' => true]);
    var_dump($_SESSION === $stored, $store->sessions());
}
foreach ([1, 2, 3] as $visit)
    echo page(counting_page('A'), list_of(...$stores), ['sessmirror.local' => $stores[$visit % 2]->name()]), "\n";
use_stores(...$stores);
session_id($id);
session_start();
session_destroy();
session_id($id);
session_start(['read_and_close' => true]);
var_dump($_SESSION);
?>
--EXPECT--
array(0) {
}
bool(true)
int(1)
bool(true)
int(1)
1
2
3
array(0) {
}
