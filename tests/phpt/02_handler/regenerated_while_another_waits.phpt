--TEST--
Who waits for a session that gets a new id keeps the old one and what it held, as with files, and brings nothing back
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
foreach ([[$a, $b], [$b, $a]] as [$first, $second]) {
    $visitor = new Visitor(list_of($a, $b), ['session.use_strict_mode' => '1']);
    $visitor->visit('session_start(); $_SESSION["user"] = "ada";', $first);
    $old = $visitor->cookies['PHPSESSID'];
    $gate = new Gate;
    $holder = clone $visitor;
    [$process, $pipe] = $holder->request("session_start(); {$gate->code()} session_regenerate_id(true); echo session_id();", $first);
    $gate->waitForPage();
    $waiter = clone $visitor;
    $commands = fn () => $a->commands() + $b->commands();
    $before = $commands();
    [$waiting, $answer] = $waiter->request('session_start(); echo session_id(), " ", json_encode($_SESSION); $_SESSION["late"] = 1;', $second);
    until(fn () => $commands() >= $before + 3);  // it has asked for the lock, and asks again
    $gate->open();
    close_page($process, $pipe);
    [$headers, $body] = explode("\r\n\r\n", close_page($waiting, $answer), 2);
    echo str_contains($headers, 'Set-Cookie: PHPSESSID=') ? 'a new id' : 'no new id', ', ', str_replace($old, 'ID', trim($body)), "\n";
    echo $visitor->visit('session_start(); echo session_id() === "' . $old . '" ? "the old id" : "a new one", " ", json_encode($_SESSION);', $first), "\n";
}
?>
--EXPECT--
no new id, ID {"user":"ada"}
a new one []
no new id, ID {"user":"ada"}
a new one []
