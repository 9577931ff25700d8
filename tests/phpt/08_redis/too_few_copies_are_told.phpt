--TEST--
Where a store takes no copies, the log says that sessions have too few, which store it is and what to do
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$good] = RedisServer::start(1);
[$replica] = RedisServer::start(1, '--replicaof', "127.0.0.1 $good->port");
[$full] = RedisServer::start(1, '--maxmemory', '1', '--maxmemory-policy', 'noeviction');
foreach (['a read-only replica' => $replica, 'a full one' => $full] as $cause => $bad) {
    $log = tempnam(sys_get_temp_dir(), 'log');
    $page = page('for ($i = 0; $i < 40; $i++) {
            session_id(session_create_id());
            session_start();
            $_SESSION["n"] = $i;
            session_write_close();
        }
        echo sessmirror_status()["counters"]["degraded_writes"];',
        list_of($good, $bad), ['log_errors' => '1', 'error_log' => $log, 'display_errors' => '0']);
    echo "-- $cause: $page sessions\n";
    $lines = preg_grep('/too few copies/', file($log, FILE_IGNORE_NEW_LINES));
    foreach ($lines as $line) echo with_store_names(preg_replace('/^\[.*?\] /', '', $line), $good, $bad), "\n";
    unlink($log);
}
?>
--EXPECTF--
-- a read-only replica: 40 sessions
sessmirror: a session has too few copies: store STORE2 refused it: READONLY %s. List the primary in place of its replica.
-- a full one: 40 sessions
sessmirror: a session has too few copies: store STORE2 refused it: OOM command not allowed when used memory > 'maxmemory'%s. Give that Redis more memory (maxmemory).
