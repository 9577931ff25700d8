<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Convert;

/** The directives of a php.ini, or those that a pool of php-fpm sets by php_value and php_admin_value. */
final class IniFile
{
    /** The last one counts. */
    private const KINDS = ['php_value', 'php_flag', 'php_admin_value', 'php_admin_flag'];

    /**
     * @param array<string, string> $values by directive
     * @param array<string, string> $of_pool those of them that a pool sets
     */
    private function __construct(public readonly string $path, private array $values,
        public readonly array $of_pool) {}

    public static function read(string $path): self
    {
        $text = is_file($path) ? @file_get_contents($path) : false;
        if ($text === false) throw new \RuntimeException("$path cannot be read");
        return self::parse($text, $path);
    }

    public static function parse(string $text, string $path = 'php.ini'): self
    {
        $entries = @parse_ini_string($text);  // as PHP reads it: quotes, ${VARIABLES}, On and none
        if ($entries === false)
            throw new \RuntimeException("$path is no configuration of PHP: " . (error_get_last()['message'] ?? ''));
        $values = [];
        foreach ($entries as $name => $value)
            if (is_string($value)) $values[strtolower((string) $name)] = trim($value);
        $of_pool = [];
        foreach (self::KINDS as $kind) {
            foreach (is_array($entries[$kind] ?? null) ? $entries[$kind] : [] as $name => $value) {
                $of_pool[strtolower((string) $name)] = trim($value);
            }
        }
        return new self($path, $of_pool + $values, $of_pool);
    }

    public function isPool(): bool
    {
        return $this->of_pool !== [];
    }

    public function text(string $name, string $default = ''): string
    {
        return $this->values[$name] ?? $default;
    }

    public function has(string $name): bool
    {
        return isset($this->values[$name]);
    }

    public function flag(string $name, bool $default): bool
    {
        return $this->has($name) ? filter_var($this->text($name), FILTER_VALIDATE_BOOLEAN) : $default;
    }

    public function number(string $name, int $default): int
    {
        return is_numeric($this->text($name)) ? (int) $this->text($name) : $default;
    }

    /** @return array<string, string> those whose names begin so */
    public function of(string $prefix): array
    {
        return array_filter($this->values, fn (string $name) => str_starts_with($name, $prefix),
            ARRAY_FILTER_USE_KEY);
    }
}
