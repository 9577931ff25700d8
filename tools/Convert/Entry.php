<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Convert;

/** One server in the save_path of another handler, and how our list writes it. */
final class Entry
{
    /** @param array<string, mixed> $parameters as PHP parses a query */
    private function __construct(
        public readonly string $text,
        public readonly string $scheme,
        public readonly string $host,  // '' of a socket
        public readonly ?int $port,
        public readonly string $path,  // of a socket
        public readonly int $weight,
        public readonly array $parameters,
    ) {}

    /** "tcp://host:port?weight=2", "host:port:weight", "unix:///path:0", "/path"; null if it is none of these. */
    public static function parse(string $text): ?self
    {
        [$place, $query] = explode('?', $text, 2) + [1 => ''];
        parse_str($query, $parameters);
        $scheme = preg_match('~^([a-z][a-z0-9+.-]*):(?=//|/)~i', $place, $match) === 1 ? strtolower($match[1]) : '';
        $place = preg_replace('~^[a-z][a-z0-9+.-]*:(//)?(?=[^:]*)~i', '', $scheme === '' ? ":$place" : $place);
        $place = $scheme === '' ? substr($place, 1) : $place;
        $weight = is_string($parameters['weight'] ?? null) ? (int) $parameters['weight'] : 1;
        if (preg_match('~^(/[^:]*)(?::0(?::(\d+))?)?$~', $place, $match) === 1)
            return new self($text, $scheme, '', null, $match[1], (int) ($match[2] ?? $weight), $parameters);
        if (preg_match('~^(\[[0-9a-f:.]+\]|[^:/\[\]\s]+)(?::(\d+))?(?::(\d+))?/?$~i', $place, $match) !== 1)
            return null;
        $port = isset($match[2]) && $match[2] !== '' ? (int) $match[2] : null;
        return new self($text, $scheme, $match[1], $port, '', (int) ($match[3] ?? $weight), $parameters);
    }

    public function isSocket(): bool
    {
        return $this->path !== '';
    }

    public function parameter(string $name): ?string
    {
        $value = $this->parameters[$name] ?? null;
        return is_string($value) && $value !== '' ? $value : null;
    }

    /** As a memcached of our list. */
    public function asMemcached(): string
    {
        $place = $this->isSocket() ? $this->path : $this->host . ':' . ($this->port ?? 11211);
        return $place . self::query($this->weight, ['timeout' => self::seconds($this->parameter('timeout'))]);
    }

    /** As a Redis of our list. Of a password every character that has a meaning is written as %XX. */
    public function asRedis(): string
    {
        $database = (int) ($this->parameter('database') ?? 0);
        $parameters = ['timeout' => self::seconds($this->parameter('timeout')),
            'read_timeout' => self::seconds($this->parameter('read_timeout'))];
        if ($this->isSocket())
            return 'redis://' . $this->user() . $this->path
                . self::query($this->weight, $parameters + ['database' => $database === 0 ? null : (string) $database]);
        return 'redis://' . $this->user() . $this->host . ':' . ($this->port ?? 6379)
            . ($database === 0 ? '' : "/$database") . self::query($this->weight, $parameters);
    }

    /** As an old place of sessmirror.import. */
    public function asPlace(string $handler, string $prefix): string
    {
        $database = (int) ($this->parameter('database') ?? 0);
        $port = $this->port ?? (str_starts_with($handler, 'redis') ? 6379 : 11211);
        $place = $this->isSocket() ? $this->path : "$this->host:$port" . ($database === 0 ? '' : "/$database");
        return "$handler://" . $this->user() . $place . ($prefix === '' ? '' : '?prefix=' . rawurlencode($prefix));
    }

    public function hasPassword(): bool
    {
        return $this->user() !== '';
    }

    private function user(): string
    {
        $auth = $this->parameters['auth'] ?? '';
        $words = is_array($auth) ? array_values(array_filter($auth, 'is_string')) : [$auth];
        if (is_array($auth) && isset($auth['pass']))
            $words = [(string) ($auth['user'] ?? ''), (string) $auth['pass']];
        if ($words === [] || $words === ['']) return '';
        $words = array_map(rawurlencode(...), $words);
        return (count($words) > 1 ? "$words[0]:$words[1]" : ":$words[0]") . '@';
    }

    /** What both sides take: from 1 ms to an hour. Others, such as "no limit", are left to our defaults. */
    private static function seconds(?string $text): ?string
    {
        if ($text === null || !is_numeric($text)) return null;
        $seconds = (float) $text;
        return $seconds >= 0.001 && $seconds <= 3600 ? rtrim(rtrim(sprintf('%.3F', $seconds), '0'), '.') : null;
    }

    /** @param array<string, ?string> $parameters */
    private static function query(int $weight, array $parameters): string
    {
        $pairs = $weight === 1 ? [] : ["weight=$weight"];
        foreach ($parameters as $name => $value) if ($value !== null) $pairs[] = "$name=$value";
        return $pairs === [] ? '' : '?' . implode('&', $pairs);
    }
}
