--TEST--
Without its table a MariaDB starts no session; the warning quotes the statement that makes the table, and it works
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$server] = MariadbServer::start(1);
$entry = strstr($server->entry(), '?', true);
$warning = '';
set_error_handler(function (int $level, string $text) use (&$warning) {
    $warning .= $text;
    return true;
});
use_stores($server);
ini_set('session.save_path', $entry);
var_dump(session_start());
var_dump(str_contains($warning, 'cannot use the table `sessions`: there is none'));
var_dump(preg_match('/CREATE TABLE .* ENGINE=InnoDB/', $warning, $statement));
var_dump($server->tell($statement[0] ?? ''));
restore_error_handler();
foreach ([1, 2, 3] as $visit) echo page(counting_page('A'), $entry), "\n";
?>
--EXPECT--
bool(false)
bool(true)
int(1)
string(0) ""
1
2
3
