--TEST--
An id that a page has made is locked once its headers have left, and the next page waits for it
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$wrapper = 'class Wraps extends SessionHandler {} session_set_save_handler(new Wraps, false);';
foreach (['headers' => '', 'close' => '', 'behind a class' => $wrapper] as $when => $before) {
    $ini = ['sessmirror.commit' => $when === 'close' ? 'close' : 'headers'];
    $visitor = new Visitor(list_of($a, $b), $ini);
    $gate = new Gate;
    [$process, $pipe] = $visitor->request("$before session_start(); \$_SESSION['user'] = 'ada'; echo session_id(); ob_flush(); flush(); {$gate->code()} \$_SESSION['n'] = 1;", $a);
    $gate->waitForPage();
    $id = '';
    while (!str_contains($id, "\r\n\r\n") && ($line = fgets($pipe)) !== false) $id .= $line;
    preg_match('/PHPSESSID=([^;]+);/', $id, $found);
    $visitor->cookies['PHPSESSID'] = $found[1];
    echo $when, ': ', $visitor->visit('echo @session_start() ? "not locked" : "locked";', $b, ['sessmirror.lock_wait_ms' => '0']), ' ';
    $gate->open();
    close_page($process, $pipe);
    echo $visitor->visit('session_start(); echo json_encode($_SESSION);', $b), "\n";
}
?>
--EXPECT--
headers: locked {"user":"ada","n":1}
close: locked {"user":"ada","n":1}
behind a class: locked {"user":"ada","n":1}
