--TEST--
Without any store configured sessions work: start, change, regenerate, destroy, unknown ids, lazy writes
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$directory = SessionDirectory::make();
$ini = ['sys_temp_dir' => $directory->path, 'sessmirror.stores' => '', 'session.save_path' => ''];
$visit = fn (string $code, array $more = []) => page($code, '', $more + $ini);

echo $visit('session_id("A"); session_start(); $_SESSION["n"] = 1;'), "\n";
echo $visit('session_id("A"); session_start(); echo ++$_SESSION["n"];'), "\n";
echo $visit('session_id("A"); session_start(); session_write_close();
    echo "writes: ", sessmirror_status()["counters"]["writes"];'), "\n";
echo $visit('session_id("A"); session_start(["read_and_close" => true]); echo $_SESSION["n"];'), "\n";
echo $visit('session_id("A"); session_start(); session_regenerate_id(true); $new = session_id();
    session_write_close(); session_id($new); session_start(); echo $_SESSION["n"]; session_abort();
    session_id("A"); session_start(); var_dump($_SESSION); session_destroy();'), "\n";
echo $visit('session_id("unknown"); session_start(); var_dump(session_id() === "unknown");',
    ['session.use_strict_mode' => '1']), "\n";
echo $visit('session_id("B"); session_start(); $_SESSION["n"] = 1; session_destroy();
    session_start(); var_dump($_SESSION);'), "\n";
echo $visit('session_id("A"); session_start(); [$store] = sessmirror_status()["stores"];
    echo $store["name"] === "lmdb://" . sys_get_temp_dir() ? "named" : $store["name"], "\\n";
    var_dump($store["local"], $store["up"], $store["errors"]);'), "\n";
echo implode(' ', array_map(fn ($file) => strrchr($file, '.'), $directory->files()));
?>
--EXPECT--

2
writes: 0
2
2array(0) {
}
bool(false)
array(0) {
}
named
bool(true)
bool(true)
int(0)
.locks .mdb .mdb-lock
