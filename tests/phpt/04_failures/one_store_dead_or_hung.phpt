--TEST--
With one store dead, hung or back empty every page is answered and nobody is logged out
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
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
// Each page here is a process of its own, which cannot know of an outage that ended before it began
// and may be served what a resumed store kept. Workers that saw it: tests/faults.
function visit_after_resume(string $fault): void
{
    global $stores, $list, $expected;
    foreach ($stores as $local) {
        $expected = (int) page(counting_page('A'), $list, ['sessmirror.local' => $local->name()]);
        echo $fault, ': ', $expected > 1 ? 'logged in' : 'logged out', "\n";
    }
}
visit_both_hosts('both up');
foreach ($stores as $i => $store) {
    $store->kill();
    visit_both_hosts("store $i dead");
    $store->restart();
    visit_both_hosts("store $i back empty");
    $store->hang();
    visit_both_hosts("store $i hung");
    $store->resume();
    visit_after_resume("store $i resumed");
}
?>
--EXPECT--
both up: right
both up: right
store 0 dead: right
store 0 dead: right
store 0 back empty: right
store 0 back empty: right
store 0 hung: right
store 0 hung: right
store 0 resumed: logged in
store 0 resumed: logged in
store 1 dead: right
store 1 dead: right
store 1 back empty: right
store 1 back empty: right
store 1 hung: right
store 1 hung: right
store 1 resumed: logged in
store 1 resumed: logged in
