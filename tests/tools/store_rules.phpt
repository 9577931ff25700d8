--TEST--
What a store says of itself is judged: version, clock, memory, evictions, connections, role
--FILE--
<?php
require __DIR__ . '/../../tools/autoload.php';
use Sessmirror\Check\Address;
use Sessmirror\Check\Reach;
use Sessmirror\Check\StoreFacts;
use Sessmirror\Check\StoreRules;

$judge = function (string $title, mixed ...$facts): void {
    echo "$title:";
    foreach (StoreRules::of(new StoreFacts(...$facts + ['name' => 'S', 'is_redis' => false, 'trouble' => null, 'version' => '1.6.38'])) as $one)
        echo " {$one->severity->word()}: $one->text. $one->remedy";
    echo "\n";
};
$judge('all is well', clock_ahead_s: 0.9, memory_used: 89, memory_limit: 100, connections: 80, max_connections: 100);
$judge('too old', version: '1.4.7');
$judge('without meta commands', version: '1.6.9');
$judge('old', version: '1.6.18');
$judge('redis too old', version: '2.8.11', is_redis: true);
$judge('redis', version: '2.8.12', is_redis: true);
$judge('ahead', clock_ahead_s: 7.4);
$judge('behind', clock_ahead_s: -3.0);
$judge('full', memory_used: 60 << 20, memory_limit: 64 << 20);
$judge('redis without a limit', version: '7.0.0', is_redis: true, memory_used: 60 << 20);
$judge('evictions', evictions: 1234, uptime_s: 7200);
$judge('connections', connections: 950, max_connections: 1000);
$judge('policy', version: '7.0.0', is_redis: true, policy: 'allkeys-lru');
$judge('role', version: '7.0.0', is_redis: true, role: 'slave');
$judge('password', version: null, is_redis: true, wants_password: true);
$judge('down', trouble: 'refuses connections');

echo "-- addresses\n";
foreach (['10.0.0.1:11211', '[::1]:11211', '/run/memcached.sock', 'redis://a:6379', 'redis://a:6379/2', 'redis:///run/r.sock?database=2', 'lmdb:///var/lib/php'] as $name) {
    $address = Address::of($name);
    echo $address === null ? 'no server' : ($address->is_redis ? 'redis ' : '') . $address->transport, "\n";
}

echo "-- how many are missing\n";
$stores = fn (int $up, int $down) => [...array_fill(0, $up, new StoreFacts('U', false, null)), ...array_fill(0, $down, new StoreFacts('D', false, 'down'))];
foreach ([[3, 0, 2], [2, 1, 2], [1, 2, 2], [0, 3, 3], [1, 2, null]] as [$up, $down, $copies])
    echo "$up up, $down down: ", Reach::of($stores($up, $down), $copies)?->text ?? 'bearable', "\n";
echo Reach::copies('3', 2), Reach::copies('all', 5), Reach::copies('2', 5), "\n";
?>
--EXPECT--
all is well:
too old: critical: version 1.4.7 is too old. Install 1.4.8 or newer.
without meta commands: notice: memcached 1.6.9 has no meta commands. 1.6.10 or newer sends less; docs/configuration-stores.md has a table.
old: notice: memcached 1.6.18 is new enough. 1.6.27 or newer saves some packets and memory.
redis too old: critical: version 2.8.11 is too old. Install 2.8.12 or newer.
redis:
ahead: warning: its clock is 7 s ahead of this host's. Keep the clocks of all hosts within 5 s (NTP, chrony).
behind: warning: its clock is 3 s behind this host's. Keep the clocks of all hosts within 5 s (NTP, chrony).
full: warning: 60.0 MiB of 64.0 MiB are in use. Give it more memory (-m).
redis without a limit:
evictions: warning: 1,234 items were dropped before their time, in 2.0 h. Give it more memory (-m).
connections: warning: 950 of 1000 connections are in use. Raise -c: every worker of every web server keeps one.
policy: notice: maxmemory-policy is allkeys-lru. Prefer noeviction or volatile-ttl, so that sessions are not dropped for keys of other programs.
role: critical: replicates another Redis, so it takes no sessions. List servers that take writes.
password: notice: answers, and tells this command nothing without a password. 
down: warning: refuses connections. Start the store, or open the way to it from this host (address, firewall, permissions of the socket).
-- addresses
tcp://10.0.0.1:11211
tcp://[::1]:11211
unix:///run/memcached.sock
redis tcp://a:6379
redis tcp://a:6379
redis unix:///run/r.sock
no server
-- how many are missing
3 up, 0 down: bearable
2 up, 1 down: bearable
1 up, 2 down: 2 out of reach, and each session is kept on 2
0 up, 3 down: this host reaches none of them
1 up, 2 down: bearable
252
