<?php
// SPDX-License-Identifier: BSD-3-Clause
require __DIR__ . '/site.php';
enter();
session_regenerate_id(true); // as every site should, so that nobody can plant an id
$_SESSION = ['user' => (string) ($_POST['user'] ?? 'nobody')];
change();
answer();
