--TEST--
With one Redis dead, hung, back empty or without its scripts every page is answered and nobody is logged out
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = RedisServer::start(2);
$list = list_of(...$stores);
$expected = 0;
function visit_both_hosts(string $fault): void
{
    global $stores, $list, $expected;
    foreach ($stores as $local) {
        $begin = microtime(true);
        $answer = page(counting_page('A'), $list, ['sessmirror.local' => $local->name()]);
        $late = microtime(true) - $begin > (is_under_valgrind() ? 40 : 4) ? ', late' : '';
        echo $fault, ': ', $answer === (string) ++$expected ? 'right' : "wrong: $answer", $late, "\n";
    }
}
visit_both_hosts('both up');
foreach ($stores as $i => $store) {
    $store->kill();
    visit_both_hosts("store $i dead");
    $store->restart();
    visit_both_hosts("store $i back empty");
    $store->tell('SCRIPT', 'FLUSH');
    visit_both_hosts("store $i without scripts");
}
$stores[1]->hang();
visit_both_hosts('store 1 hung');
?>
--EXPECT--
both up: right
both up: right
store 0 dead: right
store 0 dead: right
store 0 back empty: right
store 0 back empty: right
store 0 without scripts: right
store 0 without scripts: right
store 1 dead: right
store 1 dead: right
store 1 back empty: right
store 1 back empty: right
store 1 without scripts: right
store 1 without scripts: right
store 1 hung: right
store 1 hung: right
