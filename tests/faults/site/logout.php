<?php
// SPDX-License-Identifier: BSD-3-Clause
require __DIR__ . '/site.php';
enter();
$_SESSION = [];
session_destroy();
setcookie(session_name(), '', ['expires' => 1, 'path' => '/']);
answer();
