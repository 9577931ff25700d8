--TEST--
A warning's advice fits what is wrong with the store, and a new session is refused as a known one is
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$memcached] = Store::start(1);
file_put_contents($users = tempnam(sys_get_temp_dir(), 'users'), 'me:hush');
[$asks] = Store::start(1, '-Y', $users);
[$redis] = RedisServer::start(1);
[$locked] = RedisServer::start(1, '--requirepass', 'hush');
[$replica] = RedisServer::start(1, '--replicaof', "127.0.0.1 $redis->port");
[$scriptless] = RedisServer::start(1, '--rename-command', 'EVAL', '', '--rename-command', 'EVALSHA', '');
$causes = [
    'a Redis listed as memcached' => "127.0.0.1:$redis->port",
    'a memcached listed as Redis' => "redis://127.0.0.1:$memcached->port",
    'memcached -Y' => $asks->name(),
    'a wrong password' => "redis://:wrong@127.0.0.1:$locked->port",
    'no password' => $locked->name(),
    'no such database' => $redis->name() . '/99',
    'a read-only replica' => $replica->name(),
    'no scripts' => $scriptless->name(),
    'no such directory' => '/nonexistent/directory',
];
foreach ($causes as $cause => $stores) {
    echo "-- $cause\n";
    $advice = [];
    foreach (['session_id("A");', ''] as $id) {
        $page = page("$id session_start(); \$_SESSION['n'] = 1; session_write_close();", $stores);
        preg_match('/not started.*?has no session\. (.*?) in Command/', $page, $found);
        $advice[] = $found[1] ?? $page;
    }
    echo implode("\n", array_unique($advice)), "\n";
}
unlink($users);
?>
--EXPECTF--
-- a Redis listed as memcached
Correct the list of stores.
-- a memcached listed as Redis
Correct the list of stores.
-- memcached -Y
Start that memcached without -Y.
-- a wrong password
Correct the user or the password in the list of stores.
-- no password
Give the password in the list of stores: redis://:password@host.
-- no such database
Correct the number of the database in the list of stores.
-- a read-only replica
List the primary in place of its replica.
%a
-- no scripts
Let that Redis run scripts: EVAL, EVALSHA and SCRIPT must not be renamed or forbidden.
-- no such directory
Start the store or correct its path. A directory for an embedded store must be there before.
