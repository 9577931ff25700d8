<?php
// SPDX-License-Identifier: BSD-3-Clause
// Puts a piece into the cart: read, work for a moment, write.
require __DIR__ . '/site.php';
enter();
if (isset($_SESSION['user'])) {
    work((int) ($_REQUEST['work_ms'] ?? 0) / 1000);
    change((string) ($_REQUEST['item'] ?? 'apple'));
}
answer();
