--TEST--
sessmirror refill: results as a table and as JSON, and an exit code
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';

[$a, $b] = Store::start(2);
use_stores($a, $b);
for ($i = 0; $i < 50; $i++) {
    session_id("S$i");
    session_start();
    $_SESSION['n'] = $i;
    session_write_close();
}
$refill = function (string $stores, string ...$words) use ($a, $b): void {
    [$code, $out, $errors] = command(['refill', ...$words], $stores);
    echo "exit code $code\n", preg_replace('/  +/', '  ', with_store_names($out, $a, $b)), with_store_names($errors, $a, $b);
};
$a->restart();
$refill(list_of($a, $b));
$refill(list_of($a, $b), '--json');
$b->kill();
$refill(list_of($a, $b));
$refill('http://x');
$refill('', 'now');
?>
--EXPECT--
exit code 0
store  compared  copied
STORE1  50  50  up to date
STORE2  50  0  up to date
exit code 0
{
  "stores": [
  {
  "name": "STORE1",
  "compared": 50,
  "copied": 0,
  "error": null
  },
  {
  "name": "STORE2",
  "compared": 50,
  "copied": 0,
  "error": null
  }
  ],
  "errors": []
}
exit code 1
store  compared  copied
STORE1  0  0  STORE1: stores that may have its sessions are out of reach
STORE2  0  0  STORE2 refused the connection
exit code 2
sessmirror: Refill could not start: store list, entry 1, "http://x": this release's stores are memcached over tcp:// or unix://, redis://, mysql://, and lmdb://; the scheme "http" is not supported
exit code 3
sessmirror: no operand is expected; see "sessmirror --help"
