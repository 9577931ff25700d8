--TEST--
session_regenerate_id() moves the session; the old id stays or is destroyed as asked
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
use_stores(...Store::start(2));
function content(string $id): ?int
{
    session_id($id);
    session_start(['read_and_close' => true]);
    return $_SESSION['n'] ?? null;
}
foreach ([false, true] as $delete) {
    session_id('old');
    session_start();
    $_SESSION['n'] = 7;
    var_dump(session_regenerate_id($delete));
    $new = session_id();
    session_write_close();
    var_dump($new !== 'old', content($new), content('old'));
}
?>
--EXPECT--
bool(true)
bool(true)
int(7)
int(7)
bool(true)
bool(true)
int(7)
NULL
