<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/**
 * What sessmirror_status() returned once. The command, the page and the metrics all show such a
 * snapshot and ask nothing else, so their figures cannot differ.
 */
final class Snapshot
{
    private const MAX_STORES = 64;  // as in a list of stores
    private const JSON = JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION
        | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR;

    /**
     * @param array<string, mixed> $status as it was returned
     * @param list<StoreStatus> $stores
     * @param array<string, int> $counters
     */
    private function __construct(
        public readonly array $status,
        public readonly string $version,
        public readonly string $host,
        public readonly string $scope,
        public readonly string $configuration,
        public readonly ?string $local,
        public readonly array $stores,
        public readonly array $counters,
    ) {}

    /** Of this process and its server. */
    public static function take(): self
    {
        if (!function_exists('sessmirror_status'))
            throw new \RuntimeException('the extension sessmirror is not loaded by this PHP ('
                . (php_ini_loaded_file() ?: 'no php.ini') . ')');
        return self::fromStatus(sessmirror_status());
    }

    /** @param array<mixed> $status */
    public static function fromStatus(array $status): self
    {
        $field = new Fields($status, 'the status');
        if (count($field->list('stores')) > self::MAX_STORES)
            throw new \UnexpectedValueException('not what sessmirror_status() returns: too many stores');
        $stores = array_map(
            fn ($row) => StoreStatus::fromRow(is_array($row) ? $row : []), array_values($field->list('stores')));
        $counters = new Fields($field->list('counters'), 'the counters');
        $values = [];
        foreach (array_keys($field->list('counters')) as $name)
            $values[(string) $name] = $counters->count((string) $name);
        return new self($status, $field->text('version'), $field->text('host'), $field->text('scope'),
            $field->text('configuration'), $field->textOrNull('local'), $stores, $values);
    }

    public static function fromJson(string $text): self
    {
        $status = json_decode($text, true, 16);
        if (!is_array($status))
            throw new \UnexpectedValueException('not what sessmirror_status() returns: no JSON object');
        return self::fromStatus($status);
    }

    public function toJson(): string
    {
        return json_encode($this->status, self::JSON) . "\n";
    }

    /** Whether the figures are those of all workers of a server, or of one process of the command line. */
    public function isOfServer(): bool
    {
        return $this->scope === 'server';
    }

    /** Whether sessions start. */
    public function isConfigured(): bool
    {
        return $this->configuration === 'ok' || $this->warning() !== null;
    }

    /** What is wrong with a configuration with which sessions start all the same; null if nothing is. */
    public function warning(): ?string
    {
        $sign = 'warning: ';
        return str_starts_with($this->configuration, $sign) ? substr($this->configuration, strlen($sign)) : null;
    }

    public function counter(string $name): int
    {
        return $this->counters[$name] ?? 0;
    }

    /** Which part of the sessions that were found came from the local store: 0 to 1, null before the first. */
    public function localShare(): ?float
    {
        $found = $this->counter('reads') - $this->counter('misses');
        return $found > 0 ? min(1.0, $this->counter('local_hits') / $found) : null;
    }

    public function storesUp(): int
    {
        return count(array_filter($this->stores, fn (StoreStatus $store) => $store->is_up));
    }
}
