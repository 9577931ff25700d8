--TEST--
Sessions of clients that have not returned their cookie live for sessmirror.first_lifetime_s only
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$redis] = RedisServer::start(1);

/** The lifetimes of all sessions, in minutes. */
function minutes(RedisServer $store): string
{
    preg_match_all('/\r\n(sm:[^\r.]{32})\r\n/', $store->tell('KEYS', 'sm:*'), $keys);
    $minutes = array_map(fn($key) => intdiv((int) substr($store->tell('TTL', $key), 1) + 30, 60), $keys[1]);
    rsort($minutes);
    return implode(' ', $minutes);
}

$ini = ['session.gc_maxlifetime' => '3600', 'sessmirror.first_lifetime_s' => '600', 'session.use_strict_mode' => '1'];
$visitor = new Visitor(list_of($redis), $ini);
$page = 'session_start(); $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;';
$visitor->visit("$page session_write_close(); session_start();", $redis);
echo minutes($redis), " a first page, which opens its session twice\n";
$visitor->visit('session_start();', $redis);
echo minutes($redis), " the cookie came back\n";
$visitor->visit('session_start(); session_regenerate_id(); $_SESSION["user"] = 42;', $redis);
echo minutes($redis), " a new id for a client that is known\n";
(new Visitor(list_of($redis), ['sessmirror.first_lifetime_s' => '0'] + $ini))->visit($page, $redis);
echo minutes($redis), " 0 makes no difference between sessions\n";
$bot = new Visitor(list_of($redis), $ini);
$bot->cookies['PHPSESSID'] = str_repeat('a', 32);
$bot->visit($page, $redis);
echo minutes($redis), " an id that nobody knows\n";
(new Visitor(list_of($redis), $ini))->visit("$page session_regenerate_id(true);", $redis);
echo minutes($redis), " a new id for a client that is not\n";
page(counting_page('CLI'), $redis->entry(), $ini);
echo minutes($redis), " the command line has no cookies\n";
?>
--EXPECT--
10 a first page, which opens its session twice
60 the cookie came back
60 60 a new id for a client that is known
60 60 60 0 makes no difference between sessions
60 60 60 10 an id that nobody knows
60 60 60 10 10 a new id for a client that is not
60 60 60 60 10 10 the command line has no cookies
