<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Command;

use Sessmirror\Arguments;
use Sessmirror\Console;
use Sessmirror\Convert\Conversion;
use Sessmirror\Convert\Converter;
use Sessmirror\Convert\IniFile;
use Sessmirror\ExitCode;

/** sessmirror convert: the configuration of another handler becomes ours. Nothing is written but the result. */
final class Convert implements Command
{
    public function summary(): string
    {
        return 'Turn the configuration of memcache, memcached, redis, rediscluster or files into ours';
    }

    public function operands(): string
    {
        return 'PHP.INI';
    }

    public function options(): array
    {
        return [
            'handler' => ['NAME', 'The handler in use, if another file sets session.save_handler'],
            'json' => [null, 'Print the result as JSON'],
        ];
    }

    public function run(Arguments $arguments, Console $console): int
    {
        [$path] = $arguments->exactly(1);
        $old = IniFile::read($path);
        $new = Converter::convert($old, $arguments->one('handler'));
        if ($arguments->has('json'))
            $console->writeJson(['handler' => $new->handler, 'settings' => $new->settings,
                'directives' => $new->directives, 'notes' => $new->notes]);
        else $console->write(self::text($old, $new));
        return $new->isWhole() ? ExitCode::OK : ExitCode::WARNING;
    }

    private static function text(IniFile $old, Conversion $new): string
    {
        $text = "; From session.save_handler = $new->handler in $old->path\n";
        foreach ($new->settings as $name => $value)
            $text .= ($old->isPool() ? "php_admin_value[$name]" : $name) . ' = '
                . (preg_match('/^\w+$/', $value) === 1 ? $value : "\"$value\"") . "\n";
        $text .= "\n; What became of each directive\n";
        foreach ($new->directives as $one) {
            $value = self::comment($one['value']);
            $text .= ";   $one[name] = $value\n;       "
                . ($one['outcome'] === 'became' ? '' : strtoupper($one['outcome']) . ': ')
                . self::comment($one['text']) . "\n";
        }
        if ($new->notes === []) return $text;
        return $text . "\n; To know\n" . implode('',
            array_map(fn (string $note) => '; - ' . self::comment($note) . "\n", $new->notes));
    }

    /** A text that cannot leave its line. */
    private static function comment(string $text): string
    {
        return (string) preg_replace('/[\x00-\x1f\x7f]+/', ' ', $text);
    }
}
