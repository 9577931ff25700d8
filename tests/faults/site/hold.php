<?php
// SPDX-License-Identifier: BSD-3-Clause
// Keeps the session open for a while, and leaves a note saying which process does so.
require __DIR__ . '/site.php';
enter();
$note = getenv('LAB_NOTES') . '/' . preg_replace('/[^a-z0-9]/', '', $_REQUEST['note'] ?? '');
file_put_contents("$note.part", (string) getmypid());
rename("$note.part", $note); // complete as soon as it is visible
work((float) ($_REQUEST['seconds'] ?? 5));
answer();
