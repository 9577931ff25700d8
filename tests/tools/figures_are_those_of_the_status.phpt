--TEST--
Page, metrics, JSON and command show what sessmirror_status() returns, figure by figure
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';
require __DIR__ . '/prometheus_rules.inc';
use Sessmirror\Counters;
use Sessmirror\Page\Site as Page;
use Sessmirror\Snapshot;

$stores = Store::start(3);
use_stores(...$stores);
for ($i = 0; $i < 40; $i++) {
    session_id('S' . $i % 7);
    session_start();
    $_SESSION['n'] = $i;
    session_write_close();
    if ($i === 20) $stores[2]->kill();
    if ($i === 30) $stores[1]->restart();
}

$status = sessmirror_status();
$pages = [];
foreach (['html', 'json', 'prometheus'] as $format) $pages[$format] = Page::answer('GET', ['format' => $format], fn () => Snapshot::fromStatus($status))->body;
[, $command_json] = command_here('status', '--json');
[, $command_metrics] = command_here('status', '--prometheus');
[, $command_text] = command_here('status', '--all');
$after = sessmirror_status();
$is_still = fn (array $one) => array_diff_key($one, ['stores' => 0]) === array_diff_key($status, ['stores' => 0]);
echo "the figures did not move meanwhile: ", $is_still($after) ? 'yes' : 'no', "\n";

echo "counters that are not known, or not there: ", implode(' ', [
    ...array_diff(array_keys($status['counters']), array_keys(array_merge(...array_values(Counters::GROUPS)))),
    ...array_diff(array_keys(array_merge(...array_values(Counters::GROUPS))), array_keys($status['counters'])),
    ...array_diff(array_keys(Counters::ADVICE), array_keys($status['counters']))]), "\n";

echo "JSON: ", json_decode($pages['json'], true) === $status ? 'equal' : 'other', "\n";
echo "JSON of the command: ", $is_still(json_decode($command_json, true)) ? 'equal' : 'other', "\n";

$metrics = metrics_of($pages['prometheus']);
echo implode("\n", [...problems_of($pages['prometheus']), ...problems_by_promtool($pages['prometheus'])]);
$wrong = [];
foreach ($status['counters'] as $name => $value) {
    if ($metrics["sessmirror_{$name}_total"] !== (float) $value) $wrong[] = "metric $name";
    $figure = number_format($value);
    if (preg_match("~data-counter=\"$name\">.*?<td class=\"number\">$figure<svg~", $pages['html']) !== 1) $wrong[] = "page $name";
    if (preg_match("~^$name +$figure  ~m", $command_text) !== 1) $wrong[] = "command $name";
}
foreach ($status['stores'] as $store) {
    $label = "{store=\"$store[name]\"}";
    foreach (['up' => 'up', 'local' => 'local', 'weight' => 'weight', 'requests' => 'requests_total', 'errors' => 'errors_total',
              'refill_listed' => 'refill_listed_sessions', 'refill_seen' => 'refill_compared_sessions', 'refill_copied' => 'refill_copied_sessions'] as $field => $name)
        if ($metrics["sessmirror_store_$name$label"] !== (float) $store[$field]) $wrong[] = "metric $name$label";
    if (abs($metrics["sessmirror_store_latency_seconds$label"] * 1e6 - $store['latency_us']) > 0.01) $wrong[] = "metric latency$label";
    if (abs($metrics["sessmirror_store_down_seconds$label"] - $store['down_for_s']) > 0.00001) $wrong[] = "metric down$label";
    if ($metrics["sessmirror_store_state{store=\"$store[name]\",state=\"$store[state]\"}"] !== 1.0) $wrong[] = "metric state$label";
    $row = strstr(strstr($pages['html'], "<tr data-store=\"$store[name]\">"), '</tr>', true);
    foreach (['state' => $store['state'], 'weight' => $store['weight'], 'requests' => number_format($store['requests']), 'errors' => number_format($store['errors'])] as $field => $figure)
        if (!str_contains($row, "data-field=\"$field\">$figure</span>")) $wrong[] = "page $field$label";
    $line = preg_quote($store['name'], '~') . '( \(local\))? +' . ($store['up'] ? $store['state'] : 'down for \S+ \S+') . " .* +" . number_format($store['requests']) . ' +' . number_format($store['errors']);
    if (preg_match("~^$line$~m", $command_text) !== 1) $wrong[] = "command $label";
}
$without_stores = fn (array $all) => array_filter($all, fn (string $name) => !str_contains($name, 'store='), ARRAY_FILTER_USE_KEY);
echo "wrong: ", implode(', ', $wrong), "\n";
echo "metrics of the command: ", $without_stores(metrics_of($command_metrics)) === $without_stores($metrics) ? 'equal' : 'other', "\n";
echo "something was counted: ", min($status['counters']['reads'], $status['counters']['writes'], $status['stores'][0]['requests'], $status['counters']['degraded_writes']) > 0 ? 'yes' : 'no', "\n";
echo "local reads: ", abs(Snapshot::fromStatus($status)->localShare() - $status['counters']['local_hits'] / ($status['counters']['reads'] - $status['counters']['misses'])) < 1e-9 ? 'as counted' : 'other', "\n";
?>
--EXPECT--
the figures did not move meanwhile: yes
counters that are not known, or not there: 
JSON: equal
JSON of the command: equal
wrong: 
metrics of the command: equal
something was counted: yes
local reads: as counted
