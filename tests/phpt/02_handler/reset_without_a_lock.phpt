--TEST--
session_reset() without a lock gives what is stored now
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$store] = Store::start(1);

foreach (['optimistic', 'off'] as $locking) {
    $list = $store->name();
    $ini = ['sessmirror.locking' => $locking];
    page("session_id('$locking'); session_start(); \$_SESSION['n'] = 1;", $list, $ini);
    $command = var_export(page_command("session_id('$locking'); session_start(); \$_SESSION['n'] = 2;", $list, $ini), true);
    echo page("session_id('$locking'); session_start(); echo \$_SESSION['n']; \$_SESSION['n'] = 9;"
        . "proc_close(proc_open($command, [], \$pipes));"
        . "session_reset(); echo \$_SESSION['n']; \$_SESSION['n'] += 10; session_write_close();"
        . "echo ' conflicts ', sessmirror_status()['counters']['conflicts'];", $list, $ini);
    echo ' ', page("session_id('$locking'); session_start(); echo json_encode(\$_SESSION);", $list), "\n";
}
?>
--EXPECT--
12 conflicts 0 {"n":12}
12 conflicts 0 {"n":12}
