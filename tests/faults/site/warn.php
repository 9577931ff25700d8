<?php
// SPDX-License-Identifier: BSD-3-Clause
require __DIR__ . '/site.php';
enter();
trigger_error('planted', E_USER_WARNING);
answer();
