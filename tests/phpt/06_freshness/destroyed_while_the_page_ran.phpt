--TEST--
A session that another request destroyed is not brought back by a page that ends after it
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
foreach (['off', 'optimistic'] as $locking)
    foreach (['at the end' => '', 'early' => 'ob_flush(); flush(); $_SESSION["late"] = 1;', 'aborted' => 'ob_flush(); flush(); session_abort();'] as $when => $rest) {
        $ini = ['sessmirror.locking' => $locking];
        $id = 'A' . $locking . strlen($when);
        $visitor = new Visitor(list_of($a, $b), $ini);
        $visitor->cookies['PHPSESSID'] = $id;
        $visitor->visit('session_start(); $_SESSION["n"] = 1;', $a);
        $gate = new Gate;
        [$process, $pipe] = $visitor->request("session_start(); {$gate->code()} \$_SESSION['n'] = 2; echo 'page'; $rest", $a);
        $gate->waitForPage();
        page("session_id('$id'); session_start(); session_destroy();", list_of($a, $b), $ini);
        $gate->open();
        close_page($process, $pipe);
        echo "$locking, $when: ", page("session_id('$id'); session_start(); echo json_encode(\$_SESSION);", list_of($a, $b), $ini), "\n";
    }
?>
--EXPECT--
off, at the end: []
off, early: []
off, aborted: []
optimistic, at the end: []
optimistic, early: []
optimistic, aborted: []
