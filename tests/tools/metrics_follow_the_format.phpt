--TEST--
Metrics keep the rules of Prometheus, whatever stores are called, and hold no password
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';
require __DIR__ . '/prometheus_rules.inc';
use Sessmirror\Metrics;

$snapshot = made_up([
    store('10.0.0.1:11211', 'up', ['local' => true, 'latency_us' => 153, 'requests' => 1000, 'errors' => 3]),
    store("a\"b\\c\nd", 'down'),
    store('redis://10.0.0.3:6379/2', 'filling', ['weight' => 2, 'refill_listed' => 100, 'refill_seen' => 40, 'refill_copied' => 7]),
], ['reads' => 12, 'a_figure_of_a_later_release' => 5]);
$text = Metrics::of($snapshot);
echo implode("\n", [...problems_of($text), ...problems_by_promtool($text)]), "\n";
foreach (preg_grep('/^sessmirror_(info|store_[dlu]|store_refill|store_w|store_state.*"filling"|reads_total|a_)/', explode("\n", $text)) as $line) echo "$line\n";

echo "-- without a configuration\n";
$text = Metrics::of(made_up([], [], ['configuration' => 'error: no']));
echo implode("\n", [...problems_of($text), ...problems_by_promtool($text)]);
echo implode("\n", preg_grep('/^sessmirror_(configuration|store)/', explode("\n", $text))), "\n";

echo "-- with a warning\n";
$text = Metrics::of(made_up([], [], ['configuration' => 'warning: hm']));
echo implode("\n", preg_grep('/^sessmirror_configuration/', explode("\n", $text))), "\n";

echo "-- the rules see what is wrong\n";
foreach (["# HELP a_total x\n# TYPE a_total gauge\na_total 1\n", "# HELP a_ms x\n# TYPE a_ms gauge\na_ms 1\n", "# TYPE a gauge\na 1\n", "a 1\n",
          "# HELP a x\n# TYPE a gauge\na{b=\"c\"\"} 1\n", "# HELP a x\n# TYPE a gauge\na 1\na 1\n"] as $wrong)
    echo problems_of($wrong)[0] ?? 'nothing', "\n";

echo "-- a password\n";
[$server] = RedisServer::start(1, '--requirepass', 'geheim');
[, $text] = command(['status', '--prometheus'], list_of($server));
var_dump(str_contains($text, 'store="' . $server->name() . '"'), str_contains($text, 'geheim'));
?>
--EXPECT--

sessmirror_info{version="1.2.3",host="00c0ffee",scope="server"} 1
sessmirror_store_up{store="10.0.0.1:11211"} 1
sessmirror_store_up{store="a\"b\\c\nd"} 0
sessmirror_store_up{store="redis://10.0.0.3:6379/2"} 1
sessmirror_store_local{store="10.0.0.1:11211"} 1
sessmirror_store_local{store="a\"b\\c\nd"} 0
sessmirror_store_local{store="redis://10.0.0.3:6379/2"} 0
sessmirror_store_state{store="10.0.0.1:11211",state="filling"} 0
sessmirror_store_state{store="a\"b\\c\nd",state="filling"} 0
sessmirror_store_state{store="redis://10.0.0.3:6379/2",state="filling"} 1
sessmirror_store_weight{store="10.0.0.1:11211"} 1
sessmirror_store_weight{store="a\"b\\c\nd"} 1
sessmirror_store_weight{store="redis://10.0.0.3:6379/2"} 2
sessmirror_store_down_seconds{store="10.0.0.1:11211"} 0
sessmirror_store_down_seconds{store="a\"b\\c\nd"} 75.25
sessmirror_store_down_seconds{store="redis://10.0.0.3:6379/2"} 0
sessmirror_store_latency_seconds{store="10.0.0.1:11211"} 0.000153
sessmirror_store_refill_listed_sessions{store="10.0.0.1:11211"} 0
sessmirror_store_refill_listed_sessions{store="a\"b\\c\nd"} 0
sessmirror_store_refill_listed_sessions{store="redis://10.0.0.3:6379/2"} 100
sessmirror_store_refill_compared_sessions{store="10.0.0.1:11211"} 0
sessmirror_store_refill_compared_sessions{store="a\"b\\c\nd"} 0
sessmirror_store_refill_compared_sessions{store="redis://10.0.0.3:6379/2"} 40
sessmirror_store_refill_copied_sessions{store="10.0.0.1:11211"} 0
sessmirror_store_refill_copied_sessions{store="a\"b\\c\nd"} 0
sessmirror_store_refill_copied_sessions{store="redis://10.0.0.3:6379/2"} 7
sessmirror_reads_total 12
sessmirror_a_figure_of_a_later_release_total 5
-- without a configuration
sessmirror_configuration_ok 0
sessmirror_configuration_warning 0
-- with a warning
sessmirror_configuration_ok 1
sessmirror_configuration_warning 1
-- the rules see what is wrong
a_total: counters end in _total, and nothing else does
a_ms: not in base units
a: no HELP
a: not behind its HELP and TYPE
not a line of the format: a{b="c""} 1
a: twice
-- a password
bool(true)
bool(false)
