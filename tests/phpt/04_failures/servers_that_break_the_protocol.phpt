--TEST--
A server that answers nonsense costs a connection and a counter, never the session
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$good] = Store::start(1);
$modes = ['garbage', 'half', 'endless', 'wrong length', 'absurd length', 'hang up', 'silence', 'forged error'];
foreach ($modes as $mode) {
    $bad = new FakeServer($mode);
    foreach ([$bad, $good] as $local) {
        $answers = [];
        $ini = ['sessmirror.local' => $local->name(), 'sessmirror.log_level' => 'info'];
        for ($i = 0; $i < 2; $i++) $answers[] = page(counting_page(strtr($mode, ' ', '-')), list_of($bad, $good), $ini);
        echo $mode, ': ', implode(' ', $answers), "\n";
    }
    $alone = page(counting_page(strtr($mode, ' ', '-')), list_of($bad));
    echo preg_match('/^Warning: .*The session was not started: .*' . preg_quote($bad->name()) . '/', $alone)
        && !preg_match('/[^\x20-\x7e\n]/', $alone) ? 'refused' : $alone, "\n";
}
?>
--EXPECT--
garbage: 1 2
garbage: 3 4
refused
half: 1 2
half: 3 4
refused
endless: 1 2
endless: 3 4
refused
wrong length: 1 2
wrong length: 3 4
refused
absurd length: 1 2
absurd length: 3 4
refused
hang up: 1 2
hang up: 3 4
refused
silence: 1 2
silence: 3 4
refused
forged error: 1 2
forged error: 3 4
refused
