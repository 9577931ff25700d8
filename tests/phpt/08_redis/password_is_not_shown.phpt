--TEST--
A password lets in; phpinfo(), sessmirror_status() and warnings do not show it, and say which store refused
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$redis] = RedisServer::start(1, '--requirepass', 'hush-hush');
foreach ([1, 2] as $visit) echo page(counting_page('A'), $redis->entry()), "\n";
$outputs = [
    'phpinfo' => page('session_id("A"); session_start(); session_write_close(); phpinfo(INFO_MODULES);', $redis->entry()),
    'status' => page('session_id("A"); session_start(); var_dump(sessmirror_status());', $redis->entry()),
    'wrong password' => page(counting_page('A'), str_replace('hush-hush', 'hush-wrong', $redis->entry())),
    'no password' => page(counting_page('A'), $redis->name()),
    'broken entry' => page(counting_page('A'), $redis->entry() . '?no_such_word=1'),
];
$redis->kill();
$outputs['dead'] = page(counting_page('A'), $redis->entry());
foreach ($outputs as $what => $output)
    echo $what, ': ', str_contains($output, 'hush') ? 'SHOWN' : 'hidden', ', ',
        str_contains($output, $redis->name()) ? 'named' : 'not named', "\n";
foreach (['wrong password' => 'WRONGPASS', 'no password' => 'NOAUTH'] as $what => $word)
    var_dump(str_contains($outputs[$what], 'The session was not started'), str_contains($outputs[$what], $word));
?>
--EXPECTF--
1
2
phpinfo: hidden, named
status: hidden, named
wrong password: hidden, named
no password: hidden, named
broken entry: hidden, %s
dead: hidden, named
bool(true)
bool(true)
bool(true)
bool(true)
