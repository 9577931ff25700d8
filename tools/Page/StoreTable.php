<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Page;

use Sessmirror\Format;
use Sessmirror\Snapshot;
use Sessmirror\StoreStatus;

/** The pool as a table; on a narrow screen each store becomes a card. */
final class StoreTable
{
    public static function of(Snapshot $snapshot): string
    {
        if ($snapshot->stores === []) return '';
        $rows = '';
        foreach ($snapshot->stores as $store) $rows .= self::row($store, $snapshot->stores);
        return "<section><h2>Stores</h2><table class=\"stores\">\n<thead><tr><th>Store</th><th>State</th><th>Weight</th>"
            . "<th>Latency</th><th>Requests</th><th>Errors</th></tr></thead>\n<tbody>\n$rows</tbody></table></section>\n";
    }

    /** @param list<StoreStatus> $all */
    private static function row(StoreStatus $store, array $all): string
    {
        $of_all = fn (string $field) => array_map(fn (StoreStatus $one) => $one->$field, $all);
        $local = $store->is_local ? ' <span class="tag">local</span>' : '';
        if ($store->same_server_as !== null)
            $local .= ' <small>the same server as ' . Html::escape($store->same_server_as) . '</small>';
        $cell = fn (string $label, string $field, string $text) =>
            "<td class=\"number\" data-label=\"$label\"><span data-field=\"$field\">"
            . "$text</span>" . Bar::among($store->$field, ...$of_all($field)) . '</td>';
        return '<tr data-store="' . Html::escape($store->name) . '"><th scope="row"><code>'
            . Html::escape($store->name) . "</code>$local</th>"
            . '<td data-label="State">' . self::state($store) . '</td>'
            . "<td class=\"number\" data-label=\"Weight\"><span data-field=\"weight\">$store->weight</span></td>"
            . $cell('Latency', 'latency_us', Format::latency($store->latency_us))
            . $cell('Requests', 'requests', Format::count($store->requests))
            . $cell('Errors', 'errors', Format::count($store->errors)) . "</tr>\n";
    }

    private static function state(StoreStatus $store): string
    {
        $state = Html::escape($store->state);
        $badge = "<span class=\"state $state\" data-field=\"state\">$state</span>";
        if ($store->state === 'down') return $badge . ' for ' . Format::duration($store->down_for_s);
        $done = $store->refilled();
        if ($done === null) return $badge;
        return "$badge <small>" . Format::count($store->refill_seen) . ' of ' . Format::count($store->refill_listed)
            . ' sessions compared, ' . Format::count($store->refill_copied) . ' copied</small>'
            . Bar::of($done, 'progress');
    }
}
