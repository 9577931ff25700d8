<?php
// SPDX-License-Identifier: BSD-3-Clause
// What this host's handler says about itself. Opens no session.
require __DIR__ . '/site.php';
$status = function_exists('sessmirror_status') ? sessmirror_status() : null;
header('Content-Type: application/json');
echo json_encode(['host' => host(), 'pid' => getmypid(),
    'time' => time(), 'handler' => ini_get('session.save_handler'),
    'stores' => ini_get('session.save_path'), 'status' => $status]), "\n";
