<?php
// SPDX-License-Identifier: BSD-3-Clause
// Puts one key of many into the session, and tells which ones are there.
require __DIR__ . '/site.php';
enter();
if (isset($_GET['key'])) {
    $_SESSION['keys'][(string) $_GET['key']] = true;
    work((int) ($_GET['work_ms'] ?? 0) / 1000);
}
answer(['keys' => array_keys($_SESSION['keys'] ?? [])]);
