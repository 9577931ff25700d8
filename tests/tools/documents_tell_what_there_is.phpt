--TEST--
docs/operations.md names every command, metric and counter, and no other
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';
use Sessmirror\Application;
use Sessmirror\Counters;
use Sessmirror\Metrics;

$text = file_get_contents(__DIR__ . '/../../docs/operations.md');
$differ = fn (array $said, array $are): string => implode(' ', [...array_diff($said, $are), ...array_map(fn ($one) => "-$one", array_diff($are, $said))]);

preg_match_all('/^\| `sessmirror (\w+)/m', $text, $said);
echo 'commands: ', $differ($said[1], array_keys(Application::COMMANDS)), "\n";
preg_match_all('/^ *(?:\$ )?sessmirror (?:--ini \S+ |--pool \S+ |-d \S+ )*(\w+)/m', $text, $used);
preg_match_all('/`sessmirror (?:--ini [^\s`]+ |-d [^\s`]+ )*([a-z]+)\b/', $text, $more);
echo 'used: ', implode(' ', array_diff([...$used[1], ...$more[1]], array_keys(Application::COMMANDS))), "\n";

preg_match_all('/^# TYPE (\w+)/m', Metrics::of(made_up([store('a', 'up', ['latency_us' => 1])])), $are);
$are = array_filter($are[1], fn (string $name) => !isset(sessmirror_status()['counters'][substr($name, strlen('sessmirror_'), -strlen('_total'))]));
preg_match_all('/`(sessmirror_[a-z_]+)`/', strstr($text, '## Metrics'), $said);
echo 'metrics: ', $differ($said[1], $are), "\n";

preg_match_all('/^\| `(\w+)` \| (.*) \|$/m', strstr($text, '### Counters'), $said);
$meanings = array_merge(...array_values(Counters::GROUPS));
echo 'counters: ', $differ($said[1], array_keys(sessmirror_status()['counters'])), "\n";
echo 'meanings: ', implode(' ', array_keys(array_diff_assoc(array_combine($said[1], $said[2]), array_map('lcfirst', $meanings)))), "\n";

preg_match_all('/`--(\w+)/', $text, $said);
$options = array_merge(...array_map(fn (string $name) => array_keys(Application::command($name)->options()), array_keys(Application::COMMANDS)));
echo 'options: ', implode(' ', array_diff($said[1], $options, ['help', 'ini', 'pool'])), "\n";
?>
--EXPECT--
commands: 
used: 
metrics: 
counters: 
meanings: 
options: 
