<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Command;

use Sessmirror\Arguments;
use Sessmirror\Check\Fleet;
use Sessmirror\Check\Reach;
use Sessmirror\Check\SettingsRules;
use Sessmirror\Check\StoreFacts;
use Sessmirror\Check\StoreProbe;
use Sessmirror\Check\StoreRules;
use Sessmirror\Console;
use Sessmirror\Diagnosis;
use Sessmirror\EmbeddedStore;
use Sessmirror\Finding;
use Sessmirror\Format;
use Sessmirror\RemoteSnapshot;
use Sessmirror\Severity;
use Sessmirror\Snapshot;
use Sessmirror\UsageError;

/** sessmirror check: what is wrong and what to change, as a monitoring plugin says it. */
final class Check implements Command
{
    private const OWN = 'this command';

    public function summary(): string
    {
        return 'Check settings, stores, clocks and memory; say what to change; end as monitoring plugins do';
    }

    public function operands(): string
    {
        return '';
    }

    public function options(): array
    {
        return [
            'url' => ['URL', 'Ask the status page of a web server too; several are compared with each other'],
            'timeout' => ['S', 'Seconds to wait for all stores, and for each page (default 2)'],
            'json' => [null, 'Print the result as JSON'],
        ];
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $arguments->exactly(0);
        $timeout = filter_var($arguments->one('timeout') ?? '2', FILTER_VALIDATE_FLOAT,
            ['options' => ['min_range' => 0.01, 'max_range' => 60]]);
        if ($timeout === false) throw new UsageError('--timeout is a number of seconds up to 60');
        $silent = [];
        $snapshots = self::snapshots($arguments->all('url'), $timeout, $silent);
        $facts = StoreProbe::ask(self::names($snapshots), $timeout);
        $findings = [...$silent, ...self::findings($snapshots, $facts)];
        usort($findings, fn (Finding $a, Finding $b) => $b->severity->value <=> $a->severity->value);
        $worst = Severity::worstOf(...$findings);
        if ($arguments->has('json'))
            $console->writeJson(['severity' => $worst->word(),
                'findings' => array_map(fn (Finding $one) => $one->toRow(), $findings),
                'stores' => array_map(fn (StoreFacts $one) => $one->toRow(), $facts)]);
        else $console->write(self::text($worst, $findings, $snapshots, $facts));
        return $worst->value;
    }

    /**
     * @param list<string> $urls
     * @param list<Finding> $silent gets a finding for each page that cannot be read
     * @return array<string, Snapshot> by address; not empty
     */
    private static function snapshots(array $urls, float $timeout, array &$silent): array
    {
        if ($urls === []) return [self::OWN => Snapshot::take()];
        $snapshots = [];
        foreach ($urls as $url) {
            try {
                $snapshots[RemoteSnapshot::shown($url)] = RemoteSnapshot::of($url, $timeout);
            } catch (UsageError $error) {
                throw $error;
            } catch (\RuntimeException $failure) {
                $silent[] = new Finding(Severity::Warning, 'page', $failure->getMessage(), 'Is this web server up?');
            }
        }
        if ($snapshots === []) throw $failure;
        return $snapshots;
    }

    /** @param array<string, Snapshot> $snapshots @return list<string> */
    private static function names(array $snapshots): array
    {
        $names = [];
        foreach ($snapshots as $snapshot) foreach ($snapshot->stores as $store) $names[$store->name] = $store->name;
        return array_values($names);
    }

    /** @param array<string, Snapshot> $snapshots @param list<StoreFacts> $facts @return list<Finding> */
    private static function findings(array $snapshots, array $facts): array
    {
        $findings = Fleet::compare($snapshots);
        foreach ($snapshots as $where => $snapshot)
            foreach (Diagnosis::of($snapshot) as $one)
                $findings[] = $where === self::OWN ? $one : new Finding($one->severity, "$where: $one->subject",
                    $one->text, $one->remedy);
        $own = $snapshots[self::OWN] ?? null;
        if ($own !== null && $own->isConfigured())
            array_push($findings, ...SettingsRules::of(self::directive(...), count($own->stores)));
        foreach ($facts as $store) array_push($findings, ...StoreRules::of($store));
        $copies = $own === null ? null : Reach::copies((string) ini_get('sessmirror.redundancy'),
            count($own->stores));
        $embedded = $own === null ? null : EmbeddedStore::notice($own);
        return [...$findings, ...array_filter([Reach::of($facts, $copies), $embedded])];
    }

    /** As php.ini says it: the command line has no limit of time, whatever stands there. */
    private static function directive(string $name): string
    {
        return (string) (get_cfg_var($name) ?: ini_get($name));
    }

    /** @param list<Finding> $findings @param array<string, Snapshot> $snapshots @param list<StoreFacts> $facts */
    private static function text(Severity $worst, array $findings, array $snapshots, array $facts): string
    {
        $reached = count(array_filter($facts, fn (StoreFacts $one) => $one->trouble === null));
        $urgent = array_filter($findings, fn (Finding $one) => $one->severity->value > 0);
        $text = 'SESSMIRROR ' . strtoupper($worst->word()) . ' - ';
        $calm = $facts === [] ? 'configuration ok' : "$reached of " . count($facts) . ' stores answer';
        $text .= $urgent === [] ? $calm
            : implode('; ', array_map(fn (Finding $one) => "$one->subject: $one->text", $urgent));
        $figures = $facts === [] ? '' : ' | stores=' . count($facts) . " stores_answering=$reached";
        $text = Format::printable($text) . "$figures\n";
        foreach ($findings as $one)
            $text .= Format::printable("{$one->severity->word()}: $one->subject: $one->text"
                . ($one->remedy === '' ? '' : ". $one->remedy")) . "\n";
        if (!isset($snapshots[self::OWN])) return $text;
        return $text . 'The settings are those of ' . (php_ini_loaded_file() ?: 'no php.ini')
            . ". What the web server has counted only its page\n"
            . "tells: sessmirror check --url URL. For its settings: sessmirror --ini PATH check.\n";
    }
}
