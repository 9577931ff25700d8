<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Command;

use Sessmirror\Arguments;
use Sessmirror\Console;
use Sessmirror\EmbeddedStore;
use Sessmirror\ExitCode;
use Sessmirror\Format;
use Sessmirror\Peek;
use Sessmirror\SessionId;
use Sessmirror\TextTable;

/**
 * sessmirror show: whether a session is there, and how large its parts are. It takes no lock and
 * extends no lifetime.
 */
final class Show implements Command
{
    public function summary(): string
    {
        return 'Show whether a session is there, its size, and on demand its keys and contents';
    }

    public function operands(): string
    {
        return 'ID';
    }

    public function options(): array
    {
        return [
            'keys' => [null, 'List the keys of $_SESSION by their size'],
            'contents' => [null, 'Print the session as it is stored'],
            'json' => [null, 'Print the result as JSON'],
        ];
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $id = SessionId::from($arguments);
        $payload = Peek::at($id);
        $keys = $arguments->has('keys') && $payload !== '' ? self::keys(Peek::decode($id, $payload)) : null;
        $contents = $arguments->has('contents') ? $payload : null;
        if ($arguments->has('json'))
            $console->writeJson(['exists' => $payload !== '', 'bytes' => strlen($payload), 'keys' => $keys,
                'contents' => $contents]);
        else $console->write(self::text($payload, $keys, $contents));
        if ($payload !== '') return ExitCode::OK;
        EmbeddedStore::remind($console);
        return ExitCode::WARNING;
    }

    /** @param ?array<mixed> $values @return list<array{key: string, type: string, bytes: ?int}> largest first */
    private static function keys(?array $values): array
    {
        if ($values === null)
            throw new \RuntimeException('the session cannot be decoded with session.serialize_handler = '
                . ini_get('session.serialize_handler'));
        $keys = [];
        foreach ($values as $key => $value)
            $keys[] = ['key' => (string) $key, 'type' => self::typeOf($value), 'bytes' => self::sizeOf($value)];
        usort($keys, fn (array $a, array $b) => $b['bytes'] <=> $a['bytes']);
        return $keys;
    }

    private static function typeOf(mixed $value): string
    {
        if (!$value instanceof \__PHP_Incomplete_Class) return get_debug_type($value);
        return (string) (((array) $value)['__PHP_Incomplete_Class_Name'] ?? 'object');
    }

    private static function sizeOf(mixed $value): ?int
    {
        try {
            return strlen(serialize($value));
        } catch (\Throwable) {
            return null;
        }
    }

    /** @param ?list<array{key: string, type: string, bytes: ?int}> $keys */
    private static function text(string $payload, ?array $keys, ?string $contents): string
    {
        if ($payload === '') return "no such session, or an empty one\n";
        $text = Format::count(strlen($payload)) . " bytes as PHP has serialized it\n";
        if ($keys !== null)
            $text .= TextTable::of(['key', 'type', 'bytes'], array_map(
                fn (array $row) => [$row['key'], $row['type'],
                    $row['bytes'] === null ? '-' : Format::count($row['bytes'])], $keys));
        if ($contents === null) return $text;
        return $text . (stream_isatty(STDOUT) ? Format::printable($contents) : $contents) . "\n";
    }
}
