<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** What a snapshot alone tells about the health of a site's sessions. */
final class Diagnosis
{
    /** @return list<Finding> */
    public static function of(Snapshot $snapshot): array
    {
        if (!$snapshot->isConfigured()) return [self::configuration($snapshot)];
        return [...self::twins($snapshot), ...self::pool($snapshot), ...self::states($snapshot),
            ...self::local($snapshot), ...self::counters($snapshot)];
    }

    private static function configuration(Snapshot $snapshot): Finding
    {
        $is_error = str_starts_with($snapshot->configuration, 'error: ');
        return new Finding(Severity::Critical, 'configuration',
            $is_error ? substr($snapshot->configuration, strlen('error: ')) : $snapshot->configuration,
            $is_error ? 'No session starts until this is corrected.'
                      : 'Set session.save_handler = sessmirror in the php.ini of the web server.');
    }

    /** @return list<Finding> */
    private static function twins(Snapshot $snapshot): array
    {
        $warning = $snapshot->warning();
        if ($warning === null) return [];
        return [new Finding(Severity::Warning, 'configuration', $warning, 'List each server once.')];
    }

    /** @return list<Finding> */
    private static function pool(Snapshot $snapshot): array
    {
        if ($snapshot->stores === [])
            return [new Finding(Severity::Critical, 'stores', 'there is no store', 'Set sessmirror.stores.')];
        if ($snapshot->storesUp() > 0) return [];
        return [new Finding(Severity::Critical, 'stores', 'all stores are down',
            'No session starts. Start the stores.')];
    }

    /** @return list<Finding> */
    private static function states(Snapshot $snapshot): array
    {
        $findings = [];
        foreach ($snapshot->stores as $store) {
            $finding = self::state($store);
            if ($finding !== null) $findings[] = $finding;
        }
        return $findings;
    }

    private static function state(StoreStatus $store): ?Finding
    {
        return match ($store->state) {
            'down' => new Finding(Severity::Warning, $store->name, 'down for ' . Format::duration($store->down_for_s),
                'Start the store, or open the way to it; it is filled again when it answers.'),
            'disproved' => new Finding(Severity::Warning, $store->name,
                'told a session that PHP cannot decode, while another store has that session; it is asked last for a minute',
                'Check who else writes to the store, and its memory.'),
            'filling' => new Finding(Severity::Warning, $store->name,
                "being filled: $store->refill_seen of $store->refill_listed sessions compared, $store->refill_copied copied",
                'Wait, or run "sessmirror refill".'),
            'behind' => new Finding(Severity::Notice, $store->name, 'lacks sessions that this web server has written',
                'They are brought there after the next pages.'),
            default => null,
        };
    }

    /** @return list<Finding> */
    private static function local(Snapshot $snapshot): array
    {
        if ($snapshot->local !== null || count($snapshot->stores) < 2) return [];
        return [new Finding(Severity::Notice, 'local store',
            'no store of the list is this host\'s, so every read crosses the network',
            'Run a store on this host and list it, or name it with sessmirror.local if its address is translated.')];
    }

    /** @return list<Finding> */
    private static function counters(Snapshot $snapshot): array
    {
        $findings = [];
        foreach (Counters::ADVICE as $name => $advice) {
            $value = $snapshot->counter($name);
            if ($value > 0)
                $findings[] = new Finding(Severity::Notice, $name,
                    Format::count($value) . ' since the server started', $advice);
        }
        return $findings;
    }
}
