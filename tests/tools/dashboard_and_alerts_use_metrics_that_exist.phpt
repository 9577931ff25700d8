--TEST--
The dashboard and the alert rules use metrics and labels that are exported
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';
use Sessmirror\Metrics;

$share = __DIR__ . '/../../tools/share';
$alerts = file_get_contents("$share/prometheus-alerts.yml");
$dashboard = json_decode(file_get_contents("$share/grafana-dashboard.json"), true, 64, JSON_THROW_ON_ERROR);

$metrics = Metrics::of(made_up([store('a', 'up', ['latency_us' => 5])], array_map(fn () => 0, sessmirror_status()['counters'])));
preg_match_all('/^# TYPE (\w+) (\w+)$/m', $metrics, $found);
$types = array_combine($found[1], $found[2]);
preg_match_all('/(\w+)="/', $metrics, $found);
$labels = [...array_unique($found[1]), 'instance'];  // Prometheus adds this one

$expressions = [];
foreach ($dashboard['panels'] as $panel) foreach ($panel['targets'] as $target) $expressions[] = $target['expr'];
foreach ($dashboard['templating']['list'] as $variable) $expressions[] = $variable['definition'] ?? '';
preg_match_all('/^ +expr: (\|\n(?: {10,}.*\n)+|.*)/m', $alerts, $found);
$rules = count($found[1]);
array_push($expressions, ...$found[1]);

$wrong = [];
foreach ($expressions as $expression) {
    preg_match_all('/sessmirror_\w+/', $expression, $names);
    foreach ($names[0] as $name) if (!isset($types[$name])) $wrong[] = "no metric $name";
    preg_match_all('/\b(rate|increase)\((sessmirror_\w+)/', $expression, $counted);
    foreach ($counted[2] as $name) if (($types[$name] ?? '') !== 'counter') $wrong[] = "no counter: $name";
    preg_match_all('/(?<!rate\()(?<!increase\()\bsessmirror_\w+_total/', $expression, $bare);
    foreach ($bare[0] as $name) $wrong[] = "$name without a rate";
    preg_match_all('/(\w+)=~?"|by \((\w+)\)|on \((\w+)\)/', $expression, $used);
    foreach (array_filter(array_merge(...array_slice($used, 1))) as $label) if (!in_array($label, $labels, true)) $wrong[] = "no label $label";
    foreach (preg_match('/state="(\w+)"/', $expression, $state) ? [$state[1]] : [] as $one)
        if (!str_contains($metrics, "state=\"$one\"")) $wrong[] = "no state $one";
}
foreach ($dashboard['panels'] as $panel) foreach ($panel['targets'] as $target) {
    preg_match_all('/\{\{(\w+)\}\}/', $target['legendFormat'], $used);
    foreach (array_diff($used[1], $labels) as $label) $wrong[] = "legend $label";
}
preg_match_all('/\$labels\.(\w+)/', $alerts, $used);
foreach (array_diff($used[1], $labels) as $label) $wrong[] = "alert $label";
echo count($dashboard['panels']) > 10 ? 'panels' : 'no panels', ', ', $rules === substr_count($alerts, '- alert: ') && $rules > 5 ? 'rules' : 'no rules', "\n";
echo 'wrong: ', implode(', ', array_unique($wrong)), "\n";

// Two panels do not cover each other.
foreach ($dashboard['panels'] as $i => $a) foreach (array_slice($dashboard['panels'], $i + 1) as $b) {
    [$one, $other] = [$a['gridPos'], $b['gridPos']];
    if ($one['x'] < $other['x'] + $other['w'] && $other['x'] < $one['x'] + $one['w'] && $one['y'] < $other['y'] + $other['h'] && $other['y'] < $one['y'] + $one['h'])
        echo "$a[title] covers $b[title]\n";
}
$promtool = trim((string) shell_exec('command -v promtool'));
if ($promtool !== '') {
    [$code, $out, $errors] = run([$promtool, 'check', 'rules', "$share/prometheus-alerts.yml"]);
    if ($code !== 0) echo $out, $errors;
}
?>
--EXPECT--
panels, rules
wrong: 
