<?php
// SPDX-License-Identifier: BSD-3-Clause
// Roundcube as Debian has it, with a configuration of its own.
define('RCMAIL_CONFIG_DIR', __DIR__ . '/config');
require '/var/lib/roundcube/index.php';
