--TEST--
sessmirror check: what is wrong, what to change, and an exit code for monitoring
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';
use Sessmirror\Page\Site as Page;

[$a, $b] = Store::start(2);
[$redis] = RedisServer::start(1, '--maxmemory-policy', 'allkeys-lru', '--requirepass', 'geheim');
$strict = ['session.use_strict_mode' => '1'];
$check = function (string $stores, array $ini = [], string ...$words) use ($a, $b, $redis, $strict) {
    [$code, $out, $errors] = command(['check', ...$words], $stores, $ini + $strict);
    $out = str_replace("localhost:$a->port", "ITS_OTHER_NAME", $out);
    $out = preg_replace('/127\.0\.0\.1:\d+/', 'FAKE', with_store_names($out, $a, $b, $redis));
    $out = preg_replace('/runs as \S+\./', 'runs as USER.', $out);
    $out = preg_replace('/^notice: \S+: memcached \S+ is new enough.*\n/m', '', $out);
    echo "exit code $code: ", preg_replace('/^The settings are.*\z/ms', '', $out), $errors;
};

$check(list_of($a, $b));
echo "-- a password, of which the check knows nothing\n";
$check(list_of($a, $redis));
echo "-- one dead\n";
$b->kill();
$check(list_of($a, $b));
echo "-- one dead, one copy\n";
$check(list_of($a, $b), ['sessmirror.redundancy' => '1']);
echo "-- all dead\n";
$a->kill();
$check(list_of($a, $b));
echo "-- configurations\n";
$check('http://10.0.0.1');
$check('', ['session.save_handler' => 'files']);
$a->restart();
$check(list_of($a) . ",localhost:$a->port");
$check(list_of($a), ['sessmirror.deadline_ms' => '100', 'sessmirror.write_format' => '1', 'max_execution_time' => '90']);
$check(list_of($a), ['session.use_strict_mode' => '0']);
echo "-- an embedded store\n";
$check('lmdb://' . SessionDirectory::make()->path);
echo "-- no local store\n";
$b->restart();
$check(list_of($a, $b), ['sessmirror.local' => 'none']);
echo "-- not a store, and one that never answers\n";
$check(list_of(new FakeServer('garbage'), new FakeServer('silence')), ['sessmirror.local' => 'none', 'sessmirror.redundancy' => '3'], '--timeout=0.3');
echo "-- usage\n";
foreach ([['check', '--timeout', 'x'], ['check', 'x'], ['check', '--json=1'], ['nothing'], ['check', '--url']] as $words) {
    [$code, , $errors] = command($words, '');
    echo "$code $errors";
}

echo "-- as JSON\n";
[$code, $out] = command(['check', '--json'], list_of($a, $b), $strict);
$result = json_decode($out, true);
echo $result['severity'], ' ', implode(' ', array_keys($result)), ' ', $result['stores'][0]['name'] === $a->name() ? 'named' : '', ' ',
    abs($result['stores'][0]['clock_ahead_s']) < 3 ? 'on time' : 'late', "\n";

echo "-- two web servers\n";
$page = ['page.php' => command(['page'], '')[1]];
$sites = [new Site(list_of($a, $b), $page), new Site(list_of($b, $a), $page), new Site(list_of($a), $page)];
$ask = function (int ...$which) use ($sites, $a, $b) {
    $words = array_merge(...array_map(fn (int $i) => ['--url', $sites[$i]->base . '/page.php'], $which));
    [$code, $out, $errors] = command(['check', ...$words], '');
    foreach ($sites as $i => $site) [$out, $errors] = str_replace($site->base, "SITE$i", [$out, $errors]);
    echo "$code ", preg_replace(['/^notice: STORE\d: memcached.*\n/m', '/\([0-9a-f]{16}\)/'], ['', '(HOST)'], with_store_names($out, $a, $b)), $errors;
};
$ask(0, 1);
$ask(0, 2);
echo "-- one of them is down\n";
$sites[1]->end();
$ask(0, 1);
$ask(1);
?>
--EXPECT--
exit code 0: SESSMIRROR OK - 2 of 2 stores answer | stores=2 stores_answering=2
-- a password, of which the check knows nothing
exit code 0: SESSMIRROR OK - 2 of 2 stores answer | stores=2 stores_answering=2
notice: STORE3: answers, and tells this command nothing without a password
-- one dead
exit code 1: SESSMIRROR WARNING - STORE2: refuses connections | stores=2 stores_answering=1
warning: STORE2: refuses connections. Start the store, or open the way to it from this host (address, firewall, permissions of the socket).
-- one dead, one copy
exit code 2: SESSMIRROR CRITICAL - stores: 1 out of reach, and each session is kept on 1; sessmirror.redundancy: each session has one copy, and is lost with its store; STORE2: refuses connections | stores=2 stores_answering=1
critical: stores: 1 out of reach, and each session is kept on 1. Sessions that are on these stores alone cannot start until one of them is back.
warning: sessmirror.redundancy: each session has one copy, and is lost with its store. Set sessmirror.redundancy = 2 or more.
warning: STORE2: refuses connections. Start the store, or open the way to it from this host (address, firewall, permissions of the socket).
-- all dead
exit code 2: SESSMIRROR CRITICAL - stores: this host reaches none of them; STORE1: refuses connections; STORE2: refuses connections | stores=2 stores_answering=0
critical: stores: this host reaches none of them. No session starts here until one is back.
warning: STORE1: refuses connections. Start the store, or open the way to it from this host (address, firewall, permissions of the socket).
warning: STORE2: refuses connections. Start the store, or open the way to it from this host (address, firewall, permissions of the socket).
-- configurations
exit code 2: SESSMIRROR CRITICAL - configuration: store list, entry 1, "http://10.0.0.1": this release's stores are memcached over tcp:// or unix://, redis://, mysql://, and lmdb://; the scheme "http" is not supported
critical: configuration: store list, entry 1, "http://10.0.0.1": this release's stores are memcached over tcp:// or unix://, redis://, mysql://, and lmdb://; the scheme "http" is not supported. No session starts until this is corrected.
exit code 2: SESSMIRROR CRITICAL - configuration: not in use (session.save_handler = files)
critical: configuration: not in use (session.save_handler = files). Set session.save_handler = sessmirror in the php.ini of the web server.
exit code 1: SESSMIRROR WARNING - configuration: STORE1 and ITS_OTHER_NAME are one server under two names, and keep one copy | stores=2 stores_answering=2
warning: configuration: STORE1 and ITS_OTHER_NAME are one server under two names, and keep one copy. List each server once.
exit code 1: SESSMIRROR WARNING - sessmirror.deadline_ms: 100 ms are less than one connection and one answer may take (300 ms) | stores=1 stores_answering=1
warning: sessmirror.deadline_ms: 100 ms are less than one connection and one answer may take (300 ms). One slow store uses up the time in which another could be asked. Set it to 300 or more.
notice: sessmirror.lock_lease_s: a lock ends after 30 s, and max_execution_time allows pages 90 s. Set it above the longest page that holds a session open.
notice: sessmirror.write_format: sessions are stored in the format of an earlier release. Remove the directive when every web server has this release.
exit code 0: SESSMIRROR OK - 1 of 1 stores answer | stores=1 stores_answering=1
notice: session.use_strict_mode: a visitor may choose his session id. Set session.use_strict_mode = 1; it costs nothing.
-- an embedded store
exit code 0: SESSMIRROR OK - configuration ok
notice: embedded store: each user has one of his own, and this command runs as USER. Run it as the user of the web server: sudo -u www-data sessmirror ...
-- no local store
exit code 0: SESSMIRROR OK - 2 of 2 stores answer | stores=2 stores_answering=2
notice: local store: no store of the list is this host's, so every read crosses the network. Run a store on this host and list it, or name it with sessmirror.local if its address is translated.
-- not a store, and one that never answers
exit code 2: SESSMIRROR CRITICAL - stores: this host reaches none of them; FAKE: is no memcached: it answers "HTTP/1.1 400 Bad Request"; FAKE: does not answer | stores=2 stores_answering=0
critical: stores: this host reaches none of them. No session starts here until one is back.
warning: FAKE: is no memcached: it answers "HTTP/1.1 400 Bad Request". Start the store, or open the way to it from this host (address, firewall, permissions of the socket).
warning: FAKE: does not answer. Start the store, or open the way to it from this host (address, firewall, permissions of the socket).
notice: local store: no store of the list is this host's, so every read crosses the network. Run a store on this host and list it, or name it with sessmirror.local if its address is translated.
-- usage
3 sessmirror: --timeout is a number of seconds up to 60; see "sessmirror --help"
3 sessmirror: no operand is expected; see "sessmirror --help"
3 sessmirror: --json=1 takes no value; see "sessmirror --help"
3 sessmirror: there is no command "nothing"; see "sessmirror --help"
3 sessmirror: --url needs a value: URL; see "sessmirror --help"
-- as JSON
ok severity findings stores named on time
-- two web servers
0 SESSMIRROR OK - 2 of 2 stores answer | stores=2 stores_answering=2
notice: hosts: 2 of the addresses lead to one web server (HOST). Ask each web server by its own address, not through the balancer.
2 SESSMIRROR CRITICAL - lists of stores: SITE0/page.php alone has STORE2 (weight 1) | stores=2 stores_answering=2
critical: lists of stores: SITE0/page.php alone has STORE2 (weight 1). Write the same stores in the same way on every web server: their names place the sessions.
notice: hosts: 2 of the addresses lead to one web server (HOST). Ask each web server by its own address, not through the balancer.
-- one of them is down
1 SESSMIRROR WARNING - page: SITE1/page.php cannot be read: Failed to open stream: Connection refused | stores=2 stores_answering=2
warning: page: SITE1/page.php cannot be read: Failed to open stream: Connection refused. Is this web server up?
3 sessmirror: SITE1/page.php cannot be read: Failed to open stream: Connection refused
