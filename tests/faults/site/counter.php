<?php
// SPDX-License-Identifier: BSD-3-Clause
// Adds one to a number in the session: read, work for a moment, write.
require __DIR__ . '/site.php';
enter();
$before = $_SESSION['n'] ?? 0;
work((int) ($_REQUEST['work_ms'] ?? 0) / 1000);
$_SESSION['n'] = $before + 1;
change();
answer(['n' => $_SESSION['n']]);
