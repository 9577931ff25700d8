--TEST--
What a page answers is checked before it is shown, and cannot act on the terminal
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';

$status = made_up([store("/run/\e[31mx\x07.sock", "\e]0;title\x07", ['local' => true])], ["\e[2Jreads" => 5],
    ['version' => "1\e[0m", 'host' => "h\nexit code 0", 'configuration' => "warning: \e[1mhm\r\n", 'local' => "\e[5ml"])->status;
$answers = [
    'control characters' => json_encode($status),
    'no JSON' => '<html>',
    'a number' => '5',
    'too deep' => str_repeat('[', 100) . str_repeat(']', 100),
    'a field is missing' => json_encode(array_diff_key($status, ['scope' => 0])),
    'a field of another type' => json_encode(['version' => 5] + $status),
    'a store that is none' => json_encode(['stores' => [5]] + $status),
    'a counter that is none' => json_encode(['counters' => ['reads' => 'many']] + $status),
    'too many stores' => json_encode(['stores' => array_fill(0, 65, $status['stores'][0])] + $status),
    'without end' => str_repeat(' ', 2 << 20) . json_encode($status),
];
$pages = [];
foreach (array_values($answers) as $i => $answer) $pages["$i.json"] = $answer;
$site = new Site('', $pages);
foreach (array_keys($answers) as $i => $title) {
    foreach (['status', 'check'] as $command) {
        [$code, $out, $errors] = command([$command, '--url', "$site->base/$i.json"], '');
        if ($i === 0) $errors .= $command === 'check' ? strtok($out, "\n") . "\n" : implode("\n", array_slice(explode("\n", $out), 0, 7)) . "\n";
        echo "$title: $code ", str_replace($site->base, 'SITE', $errors), preg_match('/[\x00-\x09\x0b-\x1f]/', $out . $errors) === 1 ? "CONTROL CHARACTERS\n" : '';
    }
}
?>
--EXPECT--
control characters: 0 sessmirror     1?[0m
host           h?exit code 0
configuration  warning: ?[1mhm??
local store    ?[5ml
local reads    -

store                      state       weight  latency  requests  errors
control characters: 2 SESSMIRROR CRITICAL - stores: this host reaches none of them; SITE/0.json: configuration: ?[1mhm??; /run/?[31mx?.sock: No such file or directory | stores=1 stores_answering=0
no JSON: 3 sessmirror: SITE/1.json: not what sessmirror_status() returns: no JSON object
no JSON: 3 sessmirror: SITE/1.json: not what sessmirror_status() returns: no JSON object
a number: 3 sessmirror: SITE/2.json: not what sessmirror_status() returns: no JSON object
a number: 3 sessmirror: SITE/2.json: not what sessmirror_status() returns: no JSON object
too deep: 3 sessmirror: SITE/3.json: not what sessmirror_status() returns: no JSON object
too deep: 3 sessmirror: SITE/3.json: not what sessmirror_status() returns: no JSON object
a field is missing: 3 sessmirror: SITE/4.json: not what sessmirror_status() returns: the status has no usable field "scope"
a field is missing: 3 sessmirror: SITE/4.json: not what sessmirror_status() returns: the status has no usable field "scope"
a field of another type: 3 sessmirror: SITE/5.json: not what sessmirror_status() returns: the status has no usable field "version"
a field of another type: 3 sessmirror: SITE/5.json: not what sessmirror_status() returns: the status has no usable field "version"
a store that is none: 3 sessmirror: SITE/6.json: not what sessmirror_status() returns: a store has no usable field "name"
a store that is none: 3 sessmirror: SITE/6.json: not what sessmirror_status() returns: a store has no usable field "name"
a counter that is none: 3 sessmirror: SITE/7.json: not what sessmirror_status() returns: the counters has no usable field "reads"
a counter that is none: 3 sessmirror: SITE/7.json: not what sessmirror_status() returns: the counters has no usable field "reads"
too many stores: 3 sessmirror: SITE/8.json: not what sessmirror_status() returns: too many stores
too many stores: 3 sessmirror: SITE/8.json: not what sessmirror_status() returns: too many stores
without end: 3 sessmirror: SITE/9.json: not what sessmirror_status() returns: no JSON object
without end: 3 sessmirror: SITE/9.json: not what sessmirror_status() returns: no JSON object
