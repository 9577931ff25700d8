--TEST--
A script that runs for ever, as a queue's worker does, notices that a store came back
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
use_stores(...$stores);
function job(): int
{
    session_id('A');
    session_start();
    $n = $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
    session_write_close();
    return $n;
}
function is_up_in_the_loop(bool $wanted): bool
{
    return until(function () use ($wanted) {
        job();
        return sessmirror_status()['stores'][1]['up'] === $wanted;
    }, is_under_valgrind() ? 60 : 20);
}
job();
$stores[1]->kill();
echo is_up_in_the_loop(false) ? 'seen to be down' : 'not seen to be down', "\n";
$stores[1]->restart();
echo is_up_in_the_loop(true) ? 'seen to be up' : 'still down', "\n";
$before = job();
$stores[0]->kill();
echo job() === $before + 1 ? 'nothing is lost' : 'the session is lost', "\n";
?>
--EXPECT--
seen to be down
seen to be up
nothing is lost
