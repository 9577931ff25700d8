--TEST--
sessmirror_refill() brings all stores up to date at once, shows how far it is, and says what it could not do
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
use_stores($a, $b);
const SESSIONS = 300;
for ($i = 0; $i < SESSIONS; $i++) {
    session_id("S$i");
    session_start();
    $_SESSION['n'] = $i;
    session_write_close();
}
$a->restart();  // with nothing in it, and nobody serves a page
echo preg_replace('/.*\r/s', '', with_store_names(page('foreach (sessmirror_refill() as $s) echo "$s[name] copied $s[copied] ", $s["error"] ?? "ok", "\n";',
    list_of($a, $b)), $a, $b)), "\n";  // the bar as it was in the end
$b->kill();
echo page('for ($i = $found = 0; $i < ' . SESSIONS . '; $i++) {
    session_id("S$i"); session_start(["read_and_close" => true]); $found += ($_SESSION["n"] ?? 0) == $i;
} echo $found;', list_of($a)), " sessions on the first store alone\n";

echo "-- with a callback\n";
$b->restart();
echo page('$told = [];
    sessmirror_refill(function (float $done) use (&$told) { $told[] = $done; });
    $sorted = $told; sort($sorted);
    var_dump(end($told), $told === $sorted);', list_of($a, $b)), "\n";
echo page('$calls = 0;
    sessmirror_refill(function () use (&$calls) { $calls++; return false; });
    echo "enough after $calls\n";
    try { sessmirror_refill(function () { throw new Exception("thrown through it"); }); } catch (Exception $e) { echo $e->getMessage(), "\n"; }
    echo count(sessmirror_status()["stores"]);', list_of($a, $b)), "\n";

echo "-- with a store that is dead\n";
$b->kill();
echo with_store_names(page('foreach (sessmirror_refill(fn () => null) as $s) echo "$s[name]: $s[error]\n";', list_of($a, $b)), $a, $b), "\n";
echo substr(page('sessmirror_refill();', 'nonsense://'), 0, 88), "\n";

echo "-- as a command\n";
$command = function (string $stores) use ($a, $b) {
    exec(implode(' ', array_map('escapeshellarg', page_command('sessmirror_refill();', $stores))), $lines, $code);
    return with_store_names(preg_replace('/.*\r/', '', implode("\n", $lines)), $a, $b) . "\nexit code $code\n";
};
echo $command(list_of($a, $b));
$b->restart();
echo $command(list_of($a, $b));
echo $command(list_of($a));
echo strstr($command('nonsense://'), 'exit code');
?>
--EXPECT--
refill [########################################] 100 %
STORE1 copied 300 ok
STORE2 copied 0 ok
300 sessions on the first store alone
-- with a callback
float(1)
bool(true)
enough after 1
thrown through it
2
-- with a store that is dead
STORE1: STORE1: stores that may have its sessions are out of reach
STORE2: STORE2 refused the connection
Warning: sessmirror_refill(): Refill could not start: store list, entry 1, "nonsense://"
-- as a command
settings of no php.ini
  STORE1
  STORE2

0 of 2 stores are up to date
  STORE1: STORE1: stores that may have its sessions are out of reach
  STORE2: STORE2 refused the connection
exit code 1
settings of no php.ini
  STORE1
  STORE2
refill [########################################] 100 %
exit code 0
settings of no php.ini
  STORE1
there is no other store to compare it with
refill [########################################] 100 %
exit code 0
exit code 1
