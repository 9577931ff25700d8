<?php
// SPDX-License-Identifier: BSD-3-Clause
// Runs session cycles of every kind in one process and watches its resident memory. Arguments:
// number of cycles. Exit code 1 when memory grew after the first tenth, or a cycle went wrong.

const ALLOWED_GROWTH_KB = 256;  // pages that malloc touches late; a leak of 1 byte a cycle is 1 MB

function resident_kb(): int
{
    preg_match('/^VmRSS:\s+(\d+)/m', file_get_contents('/proc/self/status'), $match);
    return (int) $match[1];
}

/** One request's worth of session calls; what it does depends on its number. */
function cycle(int $number): void
{
    $id = 'soak' . $number % 64;
    session_id($id);
    session_start(['read_and_close' => $number % 7 === 0]) or throw new Exception("cycle $number: no start");
    if ($number % 7 === 0) return;
    $_SESSION['count'] = ($_SESSION['count'] ?? 0) + 1;
    $_SESSION['text'] = str_repeat(chr(65 + $number % 26), $number % 3000);
    match (true) {
        $number % 101 === 0 => session_destroy(),
        $number % 53 === 0 => session_regenerate_id(true) && session_write_close(),
        $number % 11 === 0 => session_abort(),
        default => session_write_close(),
    };
}

ini_set('session.use_cookies', '0');
ini_set('session.cache_limiter', '');
ob_start(fn($text) => '');
$cycles = (int) ($argv[1] ?? 1000000);
$settled = null;
$started = microtime(true);
for ($i = 1; $i <= $cycles; $i++) {
    cycle($i);
    if ($i === intdiv($cycles, 10)) $settled = resident_kb();
    if ($i % intdiv($cycles, 20) === 0) {
        fprintf(STDERR, "%3d %%  %d KB resident, %d cycles/s\n", $i * 100 / $cycles, resident_kb(),
            $i / (microtime(true) - $started));
    }
}
$grown = resident_kb() - $settled;
fprintf(STDERR, "%d cycles, %d KB resident, %+d KB since the first tenth\n", $cycles, resident_kb(), $grown);
exit($grown > ALLOWED_GROWTH_KB ? 1 : 0);
