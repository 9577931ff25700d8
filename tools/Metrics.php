<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** A snapshot in Prometheus' text format: base units, counters ending in _total, one label `store`. */
final class Metrics
{
    public const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

    private string $text = '';

    private function __construct(private Snapshot $snapshot) {}

    public static function of(Snapshot $snapshot): string
    {
        $metrics = new self($snapshot);
        $metrics->addServer();
        $metrics->addStores();
        $metrics->addCounters();
        return $metrics->text;
    }

    private function addServer(): void
    {
        $snapshot = $this->snapshot;
        $this->begin('info', 'gauge', 'Always 1; the labels name the release, the host and whose figures these are');
        $this->add('info', ['version' => $snapshot->version, 'host' => $snapshot->host, 'scope' => $snapshot->scope],
            '1');
        $this->begin('configuration_ok', 'gauge', 'Whether sessions can start with this configuration');
        $this->add('configuration_ok', [], $snapshot->isConfigured() ? '1' : '0');
        $this->begin('configuration_warning', 'gauge',
            'Whether the configuration works, and is hardly what was meant');
        $this->add('configuration_warning', [], $snapshot->warning() !== null ? '1' : '0');
    }

    private function addStores(): void
    {
        $this->addOfEach('store_up', 'gauge', 'Whether the store is in use',
            fn (StoreStatus $store) => $store->is_up ? '1' : '0');
        $this->addOfEach('store_local', 'gauge', 'Whether the store is the one of this host',
            fn (StoreStatus $store) => $store->is_local ? '1' : '0');
        $this->addStates();
        $this->addOfEach('store_weight', 'gauge', 'Share of the sessions, compared with the other stores',
            fn (StoreStatus $store) => (string) $store->weight);
        $this->addOfEach('store_down_seconds', 'gauge', 'How long the store has been down; 0 while it is up',
            fn (StoreStatus $store) => self::decimal($store->down_for_s));
        $this->addOfEach('store_latency_seconds', 'gauge',
            'Mean time of recent answers; missing until it is measured',
            fn (StoreStatus $store) => $store->latency_us > 0 ? self::decimal($store->latency_us / 1e6) : null);
        $this->addOfEach('store_requests_total', 'counter', 'Requests to the store',
            fn (StoreStatus $store) => (string) $store->requests);
        $this->addOfEach('store_errors_total', 'counter', 'Requests to the store that failed',
            fn (StoreStatus $store) => (string) $store->errors);
        $this->addRefill();
    }

    private function addStates(): void
    {
        if ($this->snapshot->stores === []) return;
        $this->begin('store_state', 'gauge', 'The state of the store is the label whose value is 1');
        foreach ($this->snapshot->stores as $store)
            foreach (array_unique([...StoreStatus::STATES, $store->state]) as $state)
                $this->add('store_state', ['store' => $store->name, 'state' => $state],
                    $store->state === $state ? '1' : '0');
    }

    private function addRefill(): void
    {
        $this->addOfEach('store_refill_listed_sessions', 'gauge',
            'Sessions that the last refill has to compare, so far',
            fn (StoreStatus $store) => (string) $store->refill_listed);
        $this->addOfEach('store_refill_compared_sessions', 'gauge', 'Sessions that the last refill has compared',
            fn (StoreStatus $store) => (string) $store->refill_seen);
        $this->addOfEach('store_refill_copied_sessions', 'gauge',
            'Sessions that the last refill has copied to the store',
            fn (StoreStatus $store) => (string) $store->refill_copied);
    }

    private function addCounters(): void
    {
        foreach (Counters::of($this->snapshot) as $counters)
            foreach ($counters as $name => [$value, $text]) {
                $this->begin("{$name}_total", 'counter', $text);
                $this->add("{$name}_total", [], (string) $value);
            }
    }

    /** @param callable(StoreStatus): ?string $value */
    private function addOfEach(string $name, string $type, string $help, callable $value): void
    {
        $values = array_filter(array_map($value, $this->snapshot->stores), fn ($one) => $one !== null);
        if ($values === []) return;
        $this->begin($name, $type, $help);
        foreach ($values as $i => $one) $this->add($name, ['store' => $this->snapshot->stores[$i]->name], $one);
    }

    private function begin(string $name, string $type, string $help): void
    {
        $help = strtr($help, ['\\' => '\\\\', "\n" => '\n']);
        $this->text .= "# HELP sessmirror_$name $help\n# TYPE sessmirror_$name $type\n";
    }

    /** @param array<string, string> $labels */
    private function add(string $name, array $labels, string $value): void
    {
        $pairs = [];
        foreach ($labels as $label => $text)
            $pairs[] = $label . '="' . strtr($text, ['\\' => '\\\\', '"' => '\"', "\n" => '\n']) . '"';
        $this->text .= "sessmirror_$name" . ($pairs === [] ? '' : '{' . implode(',', $pairs) . '}') . " $value\n";
    }

    private static function decimal(float $seconds): string
    {
        return rtrim(rtrim(sprintf('%.6F', $seconds), '0'), '.');
    }
}
