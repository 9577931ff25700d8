--TEST--
What __serialize() prints, throws or complains about is seen once
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$visitor = new Visitor(list_of($a, $b));
$class = 'final class Loud { function __serialize(): array { echo "[serialized]"; trigger_error("loud", E_USER_NOTICE); return []; } }';
$page = $visitor->visit("$class session_start(); \$_SESSION['loud'] = new Loud; echo 'page';", $a);
echo substr_count($page, '[serialized]'), ' ', substr_count($page, 'loud in'), ' ',
    var_export(str_starts_with($visitor->headers, 'X-Powered-By') || str_starts_with($visitor->headers, 'Set-Cookie'), true), "\n";
$page = $visitor->visit('final class Bomb { function __serialize(): array { throw new Exception("boom"); } }
    session_start(); $_SESSION["bomb"] = new Bomb; echo "page";', $a);
echo substr_count($page, 'page'), ' ', substr_count($page, 'Uncaught Exception: boom'), "\n";
?>
--EXPECT--
1 1 true
1 1
