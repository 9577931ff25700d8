--TEST--
The lock is free after close, abort, read_and_close, destroy, exit, exception and fatal error
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = list_of(...Store::start(2));
$start = "session_id('A'); session_start(); \$_SESSION['n'] = 1; ";
$ends = [
    'end of script' => '',
    'write_close' => 'session_write_close();',
    'abort' => 'session_abort();',
    'destroy' => 'session_destroy();',
    'regenerate' => 'session_regenerate_id(true);',
    'exit' => 'exit;',
    'exception' => 'throw new Exception;',
    'fatal error' => 'no_such_function();',
    'memory limit' => "ini_set('memory_limit', '2M'); str_repeat('x', 3 << 20);",
    'time limit' => 'set_time_limit(1); while (true);',
];
function lock_state(string $stores): string
{
    $answer = page(counting_page('A'), $stores, ['sessmirror.lock_wait_ms' => 0]);
    return is_numeric($answer) ? 'free' : "held: $answer";
}
foreach ($ends as $name => $end) {
    page($start . $end, $stores);
    echo $name, ': ', lock_state($stores), "\n";
}
page("session_id('A'); session_start(['read_and_close' => true]);", $stores);
echo 'read_and_close: ', lock_state($stores), "\n";
?>
--EXPECT--
end of script: free
write_close: free
abort: free
destroy: free
regenerate: free
exit: free
exception: free
fatal error: free
memory limit: free
time limit: free
read_and_close: free
