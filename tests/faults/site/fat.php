<?php
// SPDX-License-Identifier: BSD-3-Clause
// Puts bytes into the session that nothing can compress, and tells how many are there.
require __DIR__ . '/site.php';
enter();
if (isset($_POST['kilobytes'])) {
    $_SESSION['fat'] = random_bytes(1024 * (int) $_POST['kilobytes']);
}
answer(['fat' => strlen($_SESSION['fat'] ?? '')]);
