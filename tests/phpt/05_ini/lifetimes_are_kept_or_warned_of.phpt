--TEST--
A session.gc_maxlifetime of 60 days is kept on every engine; one that cannot be kept is warned of once
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
const DAY = 86400;
[$memcached] = Store::start(1);
[$redis] = RedisServer::start(1);
$ini = ['session.gc_maxlifetime' => (string) (60 * DAY)];
foreach ([$memcached, $redis] as $store) {
    page(counting_page('A') . 'session_write_close();', $store->entry(), $ini);
    page(counting_page('A') . 'session_write_close();', $store->entry(), $ini);  // of 60 days as well
}
$key = preg_match('/\r\n(sm:[^\r.]{32})\r\n/', $redis->tell('KEYS', 'sm:*'), $found) ? $found[1] : '?';
echo intdiv((int) substr($redis->tell('TTL', $key), 1) + 10, DAY), " days on Redis\n";
echo intdiv($memcached->lifetime($key) + 10, DAY), " days on memcached\n";
$directory = SessionDirectory::make();
page(counting_page('A'), "lmdb://$directory->path", $ini);
echo page(counting_page('A'), "lmdb://$directory->path"), "\n";

$log = tempnam(sys_get_temp_dir(), 'log');
foreach (['0', '-1', '1', '315360000', '315360001'] as $seconds)
    page(counting_page('B') . 'session_write_close();' . counting_page('B'), $memcached->entry(),
        ['session.gc_maxlifetime' => $seconds, 'log_errors' => '1', 'error_log' => $log]);
echo preg_replace('/^\[.*?\] /m', '', file_get_contents($log));
unlink($log);
?>
--EXPECT--
60 days on Redis
60 days on memcached
2
sessmirror: session.gc_maxlifetime = 0: sessions end after one second; set 1 to 315360000 seconds
sessmirror: session.gc_maxlifetime = -1: sessions end after one second; set 1 to 315360000 seconds
sessmirror: session.gc_maxlifetime = 315360001: sessions end after ten years; set 1 to 315360000 seconds
