<?php
// SPDX-License-Identifier: BSD-3-Clause
$config = [
    'db_dsnw' => 'sqlite:///' . dirname(__DIR__, 3) . '/tour.sqlite?mode=0666',
    'session_storage' => 'php',
    'imap_host' => 'localhost:1143',
    'des_key' => 'of the tour, 24 letters.',
    'plugins' => [],
    'log_driver' => 'stdout',
    'temp_dir' => dirname(__DIR__, 3) . '/notes',
    'session_samesite' => 'Lax',
];
