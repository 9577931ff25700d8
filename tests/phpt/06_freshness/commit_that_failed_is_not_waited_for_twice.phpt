--TEST--
A commit that failed when the headers left is told at close, and not tried again
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$log = tempnam(sys_get_temp_dir(), 'log');
$visitor = new Visitor(list_of($a, $b), ['sessmirror.io_timeout_ms' => '1500', 'sessmirror.deadline_ms' => '1800',
    'log_errors' => '1', 'error_log' => $log, 'sessmirror.log_level' => 'off']);
$visitor->visit('session_start(); $_SESSION["n"] = 1;', $a);
$gate = new Gate;
[$process, $pipe] = $visitor->request("session_start(); \$_SESSION['n'] = 2; echo 'page'; {$gate->code()}", $a);
$gate->waitForPage();
$a->hang();
$b->hang();
$start = microtime(true);
$gate->open();
$page = close_page($process, $pipe);
$took = microtime(true) - $start;
echo str_contains($page, 'page') ? 'page arrived' : $page, "\n";
echo substr_count(file_get_contents($log), 'The session could not be fully stored'), " warning\n";
echo $took < (patience() === [] ? 2.8 : 30) ? 'one wait' : "$took s", "\n";
$a->resume();
$b->resume();
unlink($log);
?>
--EXPECT--
page arrived
1 warning
one wait
