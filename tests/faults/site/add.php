<?php
// SPDX-License-Identifier: BSD-3-Clause
require __DIR__ . '/site.php';
enter();
if (isset($_SESSION['user'])) {
    $item = (string) ($_POST['item'] ?? 'apple');
    $_SESSION['cart'][$item] = ($_SESSION['cart'][$item] ?? 0) + 1;
}
answer();
