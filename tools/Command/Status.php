<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Command;

use Sessmirror\Arguments;
use Sessmirror\Console;
use Sessmirror\Counters;
use Sessmirror\ExitCode;
use Sessmirror\Format;
use Sessmirror\Metrics;
use Sessmirror\RemoteSnapshot;
use Sessmirror\Snapshot;
use Sessmirror\StoreStatus;
use Sessmirror\TextTable;
use Sessmirror\UsageError;

/** sessmirror status: the pool and the counters, as tables, JSON or metrics. */
final class Status implements Command
{
    /** What everybody has to know who looks at the figures of a process of the command line. */
    public const OWN_FIGURES = "These are the figures of this command alone, which has just started. Those of the web server have\n"
        . "to be asked of one of its pages: \"sessmirror page\" prints one, and \"sessmirror status --url\" reads it.\n"
        . "\"sessmirror check\" asks the stores.\n";

    public function summary(): string
    {
        return 'Show the stores, their health, and what has been counted';
    }

    public function operands(): string
    {
        return '';
    }

    public function options(): array
    {
        return [
            'url' => ['URL', 'Ask the status page of a web server for its figures'],
            'all' => [null, 'Show counters that are 0 as well'],
            'json' => [null, 'Print what sessmirror_status() returns'],
            'prometheus' => [null, 'Print metrics in Prometheus\' text format'],
        ];
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $arguments->exactly(0);
        if ($arguments->has('json') && $arguments->has('prometheus')) throw new UsageError('--json or --prometheus');
        $url = $arguments->one('url');
        $snapshot = $url === null ? Snapshot::take() : RemoteSnapshot::of($url);
        if (!$snapshot->isOfServer() && ($arguments->has('json') || $arguments->has('prometheus')))
            $console->say(self::OWN_FIGURES);
        $console->write(match (true) {
            $arguments->has('json') => $snapshot->toJson(),
            $arguments->has('prometheus') => Metrics::of($snapshot),
            default => self::text($snapshot, $arguments->has('all')),
        });
        return $snapshot->isConfigured() ? ExitCode::OK : ExitCode::CRITICAL;
    }

    private static function text(Snapshot $snapshot, bool $shows_all): string
    {
        $text = TextTable::of(['sessmirror', $snapshot->version], [
            ['host', $snapshot->host],
            ['configuration', $snapshot->configuration],
            ['local store', $snapshot->local ?? 'none'],
            ['local reads', Format::percent($snapshot->localShare())],
        ]);
        $text .= $snapshot->isOfServer() ? '' : "\n" . self::OWN_FIGURES;
        if ($snapshot->stores !== []) $text .= "\n" . self::stores($snapshot);
        return $text . self::counters($snapshot, $shows_all);
    }

    private static function stores(Snapshot $snapshot): string
    {
        $rows = array_map(fn (StoreStatus $store) => [
            $store->name . ($store->is_local ? ' (local)' : '')
                . ($store->same_server_as === null ? '' : " (the same server as $store->same_server_as)"),
            self::state($store),
            (string) $store->weight,
            Format::latency($store->latency_us),
            Format::count($store->requests),
            Format::count($store->errors),
        ], $snapshot->stores);
        return TextTable::of(['store', 'state', 'weight', 'latency', 'requests', 'errors'], $rows);
    }

    private static function state(StoreStatus $store): string
    {
        return match ($store->state) {
            'down' => 'down for ' . Format::duration($store->down_for_s),
            'filling' => "filling, $store->refill_seen of $store->refill_listed compared, $store->refill_copied copied",
            default => $store->state,
        };
    }

    private static function counters(Snapshot $snapshot, bool $shows_all): string
    {
        $text = '';
        foreach (Counters::of($snapshot) as $group => $counters) {
            $rows = [];
            foreach ($counters as $name => [$value, $meaning])
                if ($shows_all || $value !== 0) $rows[] = [$name, Format::count($value), $meaning];
            if ($rows !== []) $text .= "\n" . TextTable::of([strtolower($group), '', ''], $rows);
        }
        return $text;
    }
}
