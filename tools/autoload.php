<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

// Finds the classes of this folder, whose names are their paths: Sessmirror\Command\Status is in
// Command/Status.php.
spl_autoload_register(static function (string $class): void {
    if (!str_starts_with($class, 'Sessmirror\\')) return;
    $path = __DIR__ . '/' . strtr(substr($class, strlen('Sessmirror\\')), '\\', '/') . '.php';
    if (is_file($path)) require $path;
});
