--TEST--
What was merged when the headers left stays merged when the session is closed
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$optimistic = ['sessmirror.locking' => 'optimistic'];
$list = list_of($a, $b);
$visitor = new Visitor($list, $optimistic);
$visitor->cookies['PHPSESSID'] = 'A';
page("session_id('A'); session_start(); \$_SESSION['first'] = 1;", $list, $optimistic);
foreach (['at the end' => '', 'early' => 'ob_flush(); flush(); $_SESSION["late"] = 1;'] as $when => $rest) {
    $gate = new Gate;
    [$process, $pipe] = $visitor->request("session_start(); {$gate->code()} \$_SESSION['mine $when'] = 1; echo 'page'; $rest", $a);
    $gate->waitForPage();
    page("session_id('A'); session_start(); \$_SESSION['theirs $when'] = 1;", $list, $optimistic);
    $gate->open();
    close_page($process, $pipe);
    echo page("session_id('A'); session_start(); ksort(\$_SESSION); echo implode(', ', array_keys(\$_SESSION));", $list,
        $optimistic + ['sessmirror.local' => $b->name()]), "\n";
}
?>
--EXPECT--
first, mine at the end, theirs at the end
first, late, mine at the end, mine early, theirs at the end, theirs early
