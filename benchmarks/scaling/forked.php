<?php
// SPDX-License-Identifier: BSD-3-Clause
// Workers (e2e/worker.php) that were forked from one process, as those of php-fpm are: the handler's
// shared page is one that they have inherited. Each takes its orders over a connection of its own.
//
//     php -- SOCKET WORKER-PHP LABEL BYTES IDS-FILE... < forked.php     a worker for each file
//
// PHP defines STDIN and STDOUT only for a script that is a file. This one is not, so that each
// worker can define them.

[, $socket, $script, $label, $bytes] = $argv;
foreach (array_slice($argv, 5) as $number => $file) {
    if (pcntl_fork() === 0) {
        define('STDIN', stream_socket_client("unix://$socket"));
        define('STDOUT', STDIN);
        fwrite(STDOUT, $number . ' ' . getmypid() . "\n");
        $argv = [$script, $file, $label, $bytes];
        require $script;
        exit;
    }
}
while (pcntl_wait($status) > 0) {
}
