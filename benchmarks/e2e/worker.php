<?php
// SPDX-License-Identifier: BSD-3-Clause
// One worker of one host. Session cycles without a web server around them, so that what is counted
// is the handler's doing: worker.php IDS-FILE LABEL BYTES, then one order a line on standard input,
// one line of JSON for each on standard output (which is no page output: headers are never sent).
//
//   fill                          make all sessions, with the counter 0
//   cycles changed|unchanged P N  P passes over all sessions, the first of which finds the counter N
//   mark PATH                     a system call that whoever traces the worker recognizes

// A warning means that something else is measured than what was meant.
set_error_handler(fn ($level, $message) => throw new ErrorException($message));

[, $file, $label, $bytes] = $argv;
$ids = file($file, FILE_IGNORE_NEW_LINES);

function fill(array $ids, string $label, int $bytes): void
{
    mt_srand(1);
    // Looks like data: neither a store nor a handler may win by compressing it away.
    $fill = substr(bin2hex(implode(array_map(fn () => pack('N', mt_rand()), range(0, $bytes / 8)))), 0, $bytes);
    foreach ($ids as $i => $id) {
        session_id($id);
        session_start();
        $_SESSION = ['who' => sprintf('%s-%05d', $label, $i), 'n' => 0, 'fill' => $fill];
        session_write_close();
    }
}

/** One pass over all sessions; gives how many were not as the last pass had left them. */
function pass(array $ids, bool $changed, int $n): int
{
    $wrong = 0;
    foreach ($ids as $id) {
        session_id($id);
        session_start();
        if (($_SESSION['n'] ?? null) !== $n) {
            ++$wrong;
        }
        if ($changed) {
            $_SESSION['n'] = $n + 1;
        }
        session_write_close();
    }
    return $wrong;
}

/** Processor time of this process so far, in nanoseconds. */
function cpu_ns(): int
{
    $usage = getrusage();
    return 1000 * (1_000_000 * ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'])
        + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']);
}

while (($line = fgets(STDIN)) !== false) {
    [$order, $word, $passes, $n] = explode(' ', trim($line)) + [1 => '', 0, 0];
    $wrong = 0;
    $cpu = cpu_ns();
    $begin = hrtime(true);
    switch ($order) {
        case 'fill':
            fill($ids, $label, (int) $bytes);
            break;
        case 'cycles':
            for ($pass = 0; $pass < $passes; ++$pass) {
                $wrong += pass($ids, $word === 'changed', $n + ($word === 'changed' ? $pass : 0));
            }
            break;
        case 'mark':
            clearstatcache();
            file_exists($word);
            break;
    }
    $answer = ['ns' => hrtime(true) - $begin, 'cpu_ns' => cpu_ns() - $cpu,
        'cycles' => $passes * count($ids), 'wrong' => $wrong];
    fwrite(STDOUT, json_encode($answer) . "\n");
}
