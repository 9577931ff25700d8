--TEST--
sessmirror show and destroy: size, keys and contents of one session, and its end, without a trace otherwise
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';

$stores = Store::start(2);
$list = list_of(...$stores);
$run = function (array $words, array $ini = [], string $input = '') use ($list, $stores): void {
    [$code, $out, $errors] = command($words, $list, $ini);
    [$code, $out, $errors] = $input === '' ? [$code, $out, $errors] : command($words, $list, $ini, $input);
    echo "$code ", preg_replace(['/  +/', '/^Failed to read.*\n/m', '/on STORE\d for \d+ ms/'], ['  ', '', 'on STORE for N ms'], with_store_names($out . $errors, ...$stores));
};
page('session_id("A"); session_start(); $_SESSION = ["user" => "ada", "cart" => range(1, 9), "o" => new ArrayObject([1])];', $list, ['session.gc_maxlifetime' => '1000']);
/** Of each copy of the session its key, its end and its token, which every change and every extension moves. */
$copies = function () use ($stores): array {
    $lines = [];
    foreach ($stores as $store) {
        $socket = stream_socket_client('tcp://' . $store->name());
        fwrite($socket, "lru_crawler metadump hash\r\n");
        for ($list = ''; ($line = fgets($socket)) !== false && $line !== "END\r\n";) $list .= $line;
        preg_match_all('/^key=([^ .]+) exp=(\d+) .*cas=(\d+)/m', $list, $found);
        $lines[] = implode(' ', array_merge(...array_slice($found, 1)));
    }
    return $lines;
};
$before = $copies();

$run(['show', 'A']);
$run(['show', '--keys', 'A']);
$run(['show', '--contents', 'A']);
$run(['show', '--json', '--keys', 'A']);
$run(['show', 'B']);
echo "-- what cannot be decoded is left alone\n";
$run(['show', '--keys', 'A'], ['session.serialize_handler' => 'php_serialize']);
$run(['show', 'A'], ['session.serialize_handler' => 'php_serialize', 'session.lazy_write' => '0']);
echo count(array_filter($before)), ' copies, ', $copies() === $before ? "as they were\n" : "changed\n";
echo "-- a page that holds the session is not disturbed\n";
[$process, $pipe] = open_page('session_id("A"); session_start(); echo "held\n"; flush(); fgets(STDIN); $end = microtime(true) + 0.6; while (microtime(true) < $end); echo $_SESSION["user"];', $list);
echo fgets($pipe);
$run(['show', 'A'], ['sessmirror.lock_wait_ms' => '0']);
$run(['destroy', 'A'], ['sessmirror.lock_wait_ms' => '0']);
echo close_page($process, $pipe), "\n";

echo "-- the end\n";
$run(['destroy', 'B']);
[$code, $out] = command(['destroy', '-'], $list, [], "A\n");
echo "$code $out";
foreach ($stores as $store)
    echo page('session_id("A"); session_start(); var_dump($_SESSION);', $list, ['sessmirror.local' => $store->name()]), "\n";
$run(['destroy', '--json', 'A']);
echo "-- an embedded store is one user's\n";
foreach (['show', 'destroy'] as $name) {
    [$code, $out, $errors] = command([$name, 'A'], 'lmdb://' . SessionDirectory::make()->path);
    echo "$code $out", preg_replace('/runs as \S+\./', 'runs as USER.', $errors);
}
echo "-- usage\n";
foreach ([['show'], ['show', 'A', 'B'], ['show', ''], ['show', "A\tB"]] as $words) $run($words);
$run(['show', 'A'], ['session.save_handler' => 'files']);
?>
--EXPECT--
0 165 bytes as PHP has serialized it
0 165 bytes as PHP has serialized it
key  type  bytes
cart  array  78
o  ArrayObject  65
user  string  10
0 165 bytes as PHP has serialized it
user|s:3:"ada";cart|a:9:{i:0;i:1;i:1;i:2;i:2;i:3;i:3;i:4;i:4;i:5;i:5;i:6;i:6;i:7;i:7;i:8;i:8;i:9;}o|O:11:"ArrayObject":4:{i:0;i:0;i:1;a:1:{i:0;i:1;}i:2;a:0:{}i:3;N;}
0 {
  "exists": true,
  "bytes": 165,
  "keys": [
  {
  "key": "cart",
  "type": "array",
  "bytes": 78
  },
  {
  "key": "o",
  "type": "ArrayObject",
  "bytes": 65
  },
  {
  "key": "user",
  "type": "string",
  "bytes": 10
  }
  ],
  "contents": null
}
1 no such session, or an empty one
-- what cannot be decoded is left alone
3 sessmirror: the session cannot be decoded with session.serialize_handler = php_serialize
0 165 bytes as PHP has serialized it
2 copies, as they were
-- a page that holds the session is not disturbed
held
0 165 bytes as PHP has serialized it
3 sessmirror: The session was not started: another request held the session's lock on STORE for N ms. What is stored stays as it is, and this request has no session. Look for a slow request with the same session, or raise sessmirror.lock_wait_ms.
ada
-- the end
1 no such session, or an empty one
0 the session has been ended
array(0) {
}
array(0) {
}
1 {
  "destroyed": false
}
-- an embedded store is one user's
1 no such session, or an empty one
sessmirror: embedded store: each user has one of his own, and this command runs as USER. Run it as the user of the web server: sudo -u www-data sessmirror ...
1 no such session, or an empty one
sessmirror: embedded store: each user has one of his own, and this command runs as USER. Run it as the user of the web server: sudo -u www-data sessmirror ...
-- usage
3 sessmirror: 1 operand is expected; see "sessmirror --help"
3 sessmirror: 1 operand is expected; see "sessmirror --help"
3 sessmirror: the session id is empty; see "sessmirror --help"
3 sessmirror: PHP takes no such session id; see "sessmirror --help"
3 sessmirror: configuration: not in use (session.save_handler = files); see --ini in "sessmirror --help"
