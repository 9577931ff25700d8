--TEST--
One server that is listed under two names is one copy, and whoever looks is told so
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$store, $other] = Store::start(2);
$code = 'session_id("A"); session_start(); $_SESSION["n"] = getmypid(); session_write_close();
    $s = sessmirror_status();
    echo $s["configuration"], "; ", $s["stores"][1]["same_server_as"] ?? "no twin", "; ",
        $s["counters"]["degraded_writes"], " of ", $s["counters"]["writes"], " writes have too few copies";';
$log = tempnam(sys_get_temp_dir(), 'log');
foreach ([$store->entry() . ",localhost:$store->port", list_of($store, $other)] as $list) {
    echo with_store_names(page($code, $list, ['log_errors' => '1', 'error_log' => $log]), $store, $other), "\n";
}
echo count(preg_grep('/are one server under two names/', file($log))), " line in the log\n";
unlink($log);
?>
--EXPECTF--
warning: STORE1 and localhost:%d are one server under two names, and keep one copy; STORE1; 1 of 1 writes have too few copies
ok; no twin; 0 of 1 writes have too few copies
1 line in the log
