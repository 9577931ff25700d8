--TEST--
A token belongs to one session: a new id gets its own, a destroyed one keeps its tombstone's, and it goes with the session's cookie
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$visitor = new Visitor(list_of($a, $b));
$visitor->visit('session_start(); $_SESSION["n"] = 1;', $a);
$old = $visitor->cookies;
$visitor->visit('session_start(); session_regenerate_id(true);', $b);
echo 'new id ', var_export($old['PHPSESSID'] !== $visitor->cookies['PHPSESSID'], true),
    ', new token ', var_export($old['PHPSESSID_V'] !== $visitor->cookies['PHPSESSID_V'], true), "\n";
echo 'new session ', $visitor->visit('session_start(); echo $_SESSION["n"];', $a), "\n";

$status = 'session_start(); echo json_encode($_SESSION), " ", sessmirror_status()["counters"]["fallbacks"];';
$mixed = new Visitor(list_of($a, $b), ['sessmirror.locking' => 'off']);
$mixed->cookies = ['PHPSESSID' => $visitor->cookies['PHPSESSID'], 'PHPSESSID_V' => $old['PHPSESSID_V']];
echo 'token of another session: ', $mixed->visit($status, $a), "\n";
foreach (['', '1', '1.2', 'x.y.z', str_repeat('z', 5000), '1.1-2.2.3', substr($visitor->cookies['PHPSESSID_V'], 0, -1)] as $forged) {
    $mixed->cookies['PHPSESSID_V'] = $forged;
    echo $mixed->visit($status, $a), ' ';
}
echo "\n";

$visitor->visit('session_start(); session_destroy();', $a);
echo 'destroyed: ', strtok(end($visitor->received), '='), "\n";
$visitor->visit('session_start(); session_destroy(); setcookie(session_name(), "", 1, "/");', $a);
echo json_encode($visitor->cookies), "\n";
?>
--EXPECT--
new id true, new token true
new session 1
token of another session: {"n":1} 0
{"n":1} 0 {"n":1} 0 {"n":1} 0 {"n":1} 0 {"n":1} 0 {"n":1} 0 {"n":1} 0 
destroyed: PHPSESSID_V
[]
