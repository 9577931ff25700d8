<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Command;

use Sessmirror\Arguments;
use Sessmirror\Console;
use Sessmirror\ExitCode;
use Sessmirror\Format;
use Sessmirror\Snapshot;
use Sessmirror\StoreStatus;
use Sessmirror\TextTable;
use Sessmirror\Warnings;

/**
 * sessmirror refill: brings every store up to date now. Ended and begun again, it goes on: what is
 * there is not copied.
 */
final class Refill implements Command
{
    private const WIDTH = 40;

    public function summary(): string
    {
        return 'Compare every store with its peers and copy what it lacks, now';
    }

    public function operands(): string
    {
        return '';
    }

    public function options(): array
    {
        return ['json' => [null, 'Print the result as JSON'], 'quiet' => [null, 'Show no progress']];
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $arguments->exactly(0);
        Snapshot::take();  // there is an extension
        $warnings = new Warnings();
        $started = hrtime(true);
        $shows = $console->isWatched() && !$arguments->has('quiet');
        $progress = $shows ? fn (float $done) => $console->say(self::bar($done, $started)) : fn (float $done) => null;
        $results = $warnings->during(fn () => sessmirror_refill($progress));
        if ($shows) $console->say("\n");
        foreach ($warnings->texts() as $text) $console->complain($text);
        if ($arguments->has('json')) $console->writeJson(['stores' => $results, 'errors' => $warnings->texts()]);
        elseif ($results !== []) $console->write(self::table($results));
        if ($results === [] || $warnings->texts() !== []) return ExitCode::CRITICAL;
        return array_filter(array_column($results, 'error')) === [] ? ExitCode::OK : ExitCode::WARNING;
    }

    private static function bar(float $done, int $started): string
    {
        $stores = Snapshot::take()->stores;
        $compared = array_sum(array_map(fn (StoreStatus $store) => $store->refill_seen, $stores));
        $copied = array_sum(array_map(fn (StoreStatus $store) => $store->refill_copied, $stores));
        $rate = (int) ($compared / max(0.001, (hrtime(true) - $started) / 1e9));
        $filled = (int) ($done * self::WIDTH);
        return sprintf("\r[%s%s] %3d %%  %s compared, %s copied, %s/s", str_repeat('#', $filled),
            str_repeat('.', self::WIDTH - $filled), $done * 100, Format::count($compared), Format::count($copied),
            Format::count($rate));
    }

    /** @param list<array{name: string, compared: int, copied: int, error: ?string}> $results */
    private static function table(array $results): string
    {
        $rows = array_map(fn (array $store) => [$store['name'], Format::count($store['compared']),
            Format::count($store['copied']), $store['error'] ?? 'up to date'], $results);
        return TextTable::of(['store', 'compared', 'copied', ''], $rows);
    }
}
