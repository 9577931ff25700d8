<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// The status page, for a page of the site that has decided who may see it:
//
//     <?php
//     // ... the site's own access control ...
//     require '/usr/share/php/sessmirror/page.php';
//
// "sessmirror page" prints the same as one file that needs no other.

namespace Sessmirror\Page;

require_once __DIR__ . '/autoload.php';

$response = Site::answer($_SERVER['REQUEST_METHOD'] ?? 'GET', $_GET, \Sessmirror\Snapshot::take(...));
$response->send($_SERVER['REQUEST_METHOD'] ?? 'GET');
