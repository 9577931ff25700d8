<?php
// SPDX-License-Identifier: BSD-3-Clause
// SimpleSAMLphp's configuration: as it comes, at another place, with a source of its own and PHP's sessions.
require '/usr/share/simplesamlphp/config/config.php';
$config = [
    'baseurlpath' => 'http://' . $_SERVER['HTTP_HOST'] . '/app/simplesaml/',
    'secretsalt' => 'of the tour',
    'auth.adminpassword' => 'of the tour',
    'session.cookie.secure' => false,
    'session.cookie.samesite' => null,
    'store.type' => 'phpsession',
    'logging.handler' => 'errorlog',
    'module.enable' => ['core' => true, 'exampleauth' => true],
] + $config;
