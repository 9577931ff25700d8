<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

use Sessmirror\Command\Command;

/** What --help prints. */
final class Help
{
    public const OPTIONS = ['help' => [null, 'Show this text'], 'h' => [null, 'The same']];

    public static function ofAll(): string
    {
        $rows = [];
        foreach (array_keys(Application::COMMANDS) as $name)
            $rows[] = ["  $name", Application::command($name)->summary()];
        return "Usage: sessmirror [--ini PATH] [--pool FILE] [-d NAME=VALUE]... COMMAND [OPTION]...\n\n"
            . self::columns($rows) . "\n" . self::columns([
                ['  --ini PATH', 'Use this php.ini, or the one in this folder, and its conf.d'],
                ['  --pool FILE', 'Add what this pool of php-fpm sets by php_value and php_admin_value'],
                ['  -d NAME=VALUE', 'Set a directive, as php -d does'],
                ['  --version', 'Show the release of the extension'],
            ])
            . "\nThe command line often has a php.ini of its own. With --ini /etc/php/8.2/fpm the command works with\n"
            . "the settings of php-fpm. \"sessmirror COMMAND --help\" tells the options of a command.\n";
    }

    public static function of(string $name, Command $command): string
    {
        $rows = [];
        foreach ($command->options() as $option => [$value, $text])
            $rows[] = ["  --$option" . ($value === null ? '' : " $value"), $text];
        $rows[] = ['  -h, --help', self::OPTIONS['help'][1]];
        $operands = rtrim(' ' . $command->operands());
        return "Usage: sessmirror $name [OPTION]...$operands\n\n{$command->summary()}.\n\n" . self::columns($rows);
    }

    /** @param list<array{string, string}> $rows */
    private static function columns(array $rows): string
    {
        $width = max(array_map(fn (array $row) => strlen($row[0]), $rows));
        return implode('', array_map(fn (array $row) => str_pad($row[0], $width) . "  $row[1]\n", $rows));
    }
}
