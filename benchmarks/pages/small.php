<?php
// SPDX-License-Identifier: BSD-3-Clause
// A small page that changes its session, or only reads it, and says how long its session calls took.
$begin = hrtime(true);
session_start();
$opened = hrtime(true);

$_SESSION['fill'] ??= substr(bin2hex(random_bytes(512)), 0, 1000);
if (!isset($_GET['read'])) {
    $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
}
$page = '<!doctype html><title>shop</title>' . str_repeat('<p>Something to read.</p>', 100);

$closing = hrtime(true);
session_write_close();
$session_us = intdiv($opened - $begin + hrtime(true) - $closing, 1000);
header("X-Count: {$_SESSION['n']}");
header("X-Session-Us: $session_us");
echo $page;
