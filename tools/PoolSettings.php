<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

use Sessmirror\Convert\IniFile;

/**
 * The directives that a pool of php-fpm sets, as a folder for PHP_INI_SCAN_DIR. Only its user can read
 * it, no list of processes shows what is in it, and it is gone as soon as the command has started.
 */
final class PoolSettings
{
    public readonly string $folder;

    public function __construct(string $path)
    {
        $lines = '';
        foreach (IniFile::read($path)->of_pool as $name => $value) {
            if (str_contains($value, "'"))
                throw new UsageError("$path: the value of $name has a quote in it: give it by -d");
            $lines .= "$name = '$value'\n";
        }
        if ($lines === '') throw new UsageError("$path sets no directive by php_value or php_admin_value");
        $this->folder = sys_get_temp_dir() . '/sessmirror-' . bin2hex(random_bytes(8));
        if (!mkdir($this->folder, 0700) || file_put_contents("$this->folder/pool.ini", $lines) === false)
            throw new \RuntimeException("$this->folder cannot be written");
    }

    /** In the process that PHP has configured from such a folder, if this is one. */
    public static function forget(): void
    {
        if (preg_match('~[^:]*/sessmirror-[0-9a-f]{16}$~D', (string) getenv('PHP_INI_SCAN_DIR'), $folder) !== 1)
            return;
        @unlink("$folder[0]/pool.ini");
        @rmdir($folder[0]);
    }
}
