--TEST--
Every change of a session sends a token with the headers, and nothing else does
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$visitor = new Visitor(list_of($a, $b), ['session.cookie_httponly' => '1', 'session.cookie_samesite' => 'Lax',
    'session.cookie_path' => '/shop', 'session.cookie_lifetime' => '600']);
$change = 'session_start(); $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1; echo $_SESSION["n"];';
echo $visitor->visit($change, $a), ' ', preg_replace(['/=[^;]+;/', '/=[^;]+GMT/'], ['=TOKEN;', '=DATE'], end($visitor->received), 1), "\n";
$first = $visitor->cookies['PHPSESSID_V'];
echo $visitor->visit($change, $b), ' ', count($visitor->received), ' ', var_export($first !== $visitor->cookies['PHPSESSID_V'], true), "\n";
echo $visitor->visit('session_start(); echo $_SESSION["n"];', $a), ' ', count($visitor->received), " unchanged\n";
echo $visitor->visit('session_start(); $_SESSION["n"]++; header("Location: /next");', $a), count($visitor->received), " redirect\n";
echo $visitor->visit('session_start(["read_and_close" => true]); echo $_SESSION["n"];', $b), ' ', count($visitor->received), " only read\n";
echo $visitor->visit($change, $a, ['sessmirror.token_cookie' => 'fresh']), ' ', strtok(end($visitor->received), '='), "\n";
echo $visitor->visit($change, $a, ['sessmirror.freshness' => 'local']), ' ', count($visitor->received), " without tokens\n";
?>
--EXPECT--
1 PHPSESSID_V=TOKEN; expires=DATE; Max-Age=600; path=/shop; HttpOnly; SameSite=Lax
2 1 true
2 0 unchanged
1 redirect
3 0 only read
4 fresh
5 0 without tokens
