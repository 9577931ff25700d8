<?php
// SPDX-License-Identifier: BSD-3-Clause
// One worker of one host. Session cycles without a web server around them, so that what is counted
// is the handler's doing: worker.php IDS-FILE LABEL BYTES, then one order a line on standard input,
// one line of JSON for each on standard output (which is no page output: headers are never sent).
//
//   fill                make all sessions, with the counter 0
//   cycles KIND P N     P passes over all sessions, the first of which finds the counter N:
//                       unchanged, changed, or strict (unchanged in PHP's strict mode)
//   cycles KIND 1 G     one pass over the generation G of sessions that do not last:
//                       new, then regenerate, then destroy
//   gone G              whether no session of that generation is left
//   endure MS P N       one pass over the first P sessions that lasts at most so long, with stores
//                       that fail: what goes wrong is counted. Cycles above 100 ms are slow
//   mark PATH           a system call that whoever traces the worker recognizes

// A warning means that something else is measured than what was meant.
set_error_handler(fn ($level, $message) => throw new ErrorException($message));

[, $file, $label, $bytes] = $argv;
$ids = file($file, FILE_IGNORE_NEW_LINES);

/** Looks like data: neither a store nor a handler may win by compressing it away. */
function content(int $bytes): string
{
    mt_srand(1);
    return substr(bin2hex(implode(array_map(fn () => pack('N', mt_rand()), range(0, $bytes / 8)))), 0, $bytes);
}

function open_session(string $id): array
{
    session_id($id);
    session_start();
    return $_SESSION;
}

/** Makes these sessions; gives how many were there already. */
function make(array $ids, string $label, string $content): int
{
    $wrong = 0;
    foreach ($ids as $i => $id) {
        $wrong += open_session($id) !== [];
        $_SESSION = ['who' => sprintf('%s-%05d', $label, $i), 'n' => 0, 'fill' => $content];
        session_write_close();
    }
    return $wrong;
}

/** Passes over all sessions; gives how many were not as the last pass had left them. */
function passes(array $ids, int $passes, bool $changes, int $n): int
{
    $wrong = 0;
    for (; $passes > 0; --$passes, $n += $changes) {
        foreach ($ids as $id) {
            $wrong += (open_session($id)['n'] ?? null) !== $n;
            if ($changes) {
                $_SESSION['n'] = $n + 1;
            }
            session_write_close();
        }
    }
    return $wrong;
}

/** Gives each session another id, which takes the place of the old one in the list. */
function regenerate(array &$ids): int
{
    $wrong = 0;
    foreach ($ids as &$id) {
        $wrong += (open_session($id)['n'] ?? null) !== 0;
        session_regenerate_id(true);
        $id = session_id();
        session_write_close();
    }
    return $wrong;
}

function destroy(array $ids): int
{
    $wrong = 0;
    foreach ($ids as $id) {
        $wrong += (open_session($id)['n'] ?? null) !== 0;
        session_destroy();
    }
    return $wrong;
}

/** How many of these sessions are left. */
function count_left(array $ids): int
{
    $left = 0;
    foreach ($ids as $id) {
        session_id($id);
        session_start(['read_and_close' => true]);
        $left += $_SESSION !== [];
    }
    return $left;
}

/** Changes a session; false when that failed or it was not as it had been left. */
function change_if_possible(string $id, int $n): bool
{
    $_SESSION = [];
    try {
        $right = (open_session($id)['n'] ?? null) === $n;
        $_SESSION['n'] = $n + 1;
        session_write_close();
        return $right;
    } catch (Throwable) {
        // Whatever it takes to leave this session, so that the next can be opened.
        set_error_handler(fn () => true);
        session_abort();
        restore_error_handler();
        return false;
    }
}

/** A pass that goes on when cycles fail. */
function endure(array $ids, int $n, int $limit_ms): array
{
    $figures = ['cycles' => 0, 'wrong' => 0, 'slow' => 0, 'longest_ns' => 0];
    $end = hrtime(true) + 1_000_000 * $limit_ms;
    foreach ($ids as $id) {
        $begin = hrtime(true);
        if ($begin > $end) {
            break;
        }
        $figures['wrong'] += !change_if_possible($id, $n);
        $spent = hrtime(true) - $begin;
        ++$figures['cycles'];
        $figures['slow'] += $spent > 100_000_000;
        $figures['longest_ns'] = max($figures['longest_ns'], $spent);
    }
    return $figures;
}

/** The ids of a generation, which both hosts must know: made of its number, or left in a file. */
function generation(string $file, string $label, int $size, int $number): array
{
    if (is_file("$file.$number")) {
        return file("$file.$number", FILE_IGNORE_NEW_LINES);
    }
    return array_map(fn ($i) => substr(hash('sha256', "$label $number $i"), 0, 32), range(1, $size));
}

/** Processor time of this process so far, in nanoseconds. */
function cpu_ns(): int
{
    $usage = getrusage();
    return 1000 * (1_000_000 * ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec'])
        + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']);
}

$content = content((int) $bytes);
while (($line = fgets(STDIN)) !== false) {
    [$order, $word, $passes, $n] = explode(' ', trim($line)) + [1 => '', 0, 0];
    $kind = $order === 'cycles' ? $word : $order;
    $number = (int) ($order === 'gone' ? $word : $n);
    if (in_array($kind, ['new', 'regenerate', 'destroy', 'gone'], true)) {
        $young = generation($file, $label, count($ids), $number);
    }
    ini_set('session.use_strict_mode', $kind === 'strict' ? '1' : '0');
    $more = [];
    $cpu = cpu_ns();
    $begin = hrtime(true);
    $wrong = match ($kind) {
        'fill' => make($ids, $label, $content),
        'unchanged', 'strict' => passes($ids, $passes, false, $n),
        'changed' => passes($ids, $passes, true, $n),
        'new' => make($young, $label, $content),
        'regenerate' => regenerate($young),
        'destroy' => destroy($young),
        'gone' => count_left($young),
        'endure' => count($more = endure(array_slice($ids, 0, (int) $passes), $number, (int) $word)),
        'mark' => (int) file_exists($word),
    };
    $answer = ['ns' => hrtime(true) - $begin, 'cpu_ns' => cpu_ns() - $cpu,
        'cycles' => $passes * count($ids), 'wrong' => $wrong];
    $answer = [...$answer, ...$more];
    if ($kind === 'regenerate') {
        file_put_contents("$file.$number", implode("\n", $young) . "\n");
    }
    fwrite(STDOUT, json_encode($answer) . "\n");
}
