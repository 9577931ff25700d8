<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Page;

use Sessmirror\Counters;
use Sessmirror\Diagnosis;
use Sessmirror\Finding;
use Sessmirror\Format;
use Sessmirror\Severity;
use Sessmirror\Snapshot;

/** A snapshot as a page: tables that a phone shows as well, and no request to any other site. */
final class Html
{
    /** @param ?int $refresh seconds between two looks; null: the page stays as it is */
    public static function page(Snapshot $snapshot, string $nonce, ?int $refresh = null): string
    {
        $reload = $refresh === null ? '' : "<meta http-equiv=\"refresh\" content=\"$refresh\">\n";
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            . "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            . "<meta name=\"color-scheme\" content=\"light dark\">\n$reload"
            . '<title>' . self::title($snapshot) . "</title>\n<style nonce=\"" . self::escape($nonce) . '">'
            . Style::TEXT . "</style>\n</head>\n<body>\n" . self::head($snapshot, $refresh) . "<main>\n" . self::findings($snapshot)
            . self::summary($snapshot) . StoreTable::of($snapshot) . self::counters($snapshot)
            . "</main>\n</body>\n</html>\n";
    }

    public static function escape(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
    }

    private static function title(Snapshot $snapshot): string
    {
        $up = $snapshot->storesUp() . ' of ' . count($snapshot->stores);
        return self::escape($snapshot->isConfigured() ? "Sessions: $up stores up" : 'Sessions: cannot start');
    }

    private static function head(Snapshot $snapshot, ?int $refresh): string
    {
        $whose = $snapshot->isOfServer()
            ? 'Figures of all workers of this web server and user, since it started.'
            : 'Figures of this process alone, not those of the web server.';
        $reload = $refresh === null ? '<a href="?refresh=5">Refresh every 5 s</a>'
            : '<a href="?">Stop refreshing</a>';
        return '<header><h1>Sessions</h1><p>sessmirror ' . self::escape($snapshot->version) . ', host <code>'
            . self::escape($snapshot->host) . "</code>. $whose</p><p>" . gmdate('Y-m-d H:i:s') . " UTC. $reload · "
            . '<a href="?format=json">JSON</a> · <a href="?format=prometheus">Prometheus</a></p></header>' . "\n";
    }

    private static function findings(Snapshot $snapshot): string
    {
        $findings = Diagnosis::of($snapshot);
        $worst = Severity::worstOf(...$findings);
        $verdict = ['Everything is in order', 'Something needs attention', 'Sessions are at risk'][$worst->value];
        $is_notice = fn (Finding $finding) => $finding->severity === Severity::Notice;
        $notices = array_filter($findings, $is_notice);
        $text = self::listed(array_filter($findings, fn (Finding $finding) => !$is_notice($finding)));
        if ($notices !== [])
            $text .= '<details><summary>Worth knowing (' . count($notices) . ')</summary>' . self::listed($notices)
                . '</details>';
        return "<section class=\"verdict {$worst->word()}\"><h2>$verdict</h2>$text</section>\n";
    }

    /** @param array<Finding> $findings */
    private static function listed(array $findings): string
    {
        return $findings === [] ? '' : "<ul>\n" . implode('', array_map(self::finding(...), $findings)) . '</ul>';
    }

    private static function finding(Finding $finding): string
    {
        return "<li class=\"{$finding->severity->word()}\"><strong>" . self::escape($finding->subject) . '</strong>: '
            . self::escape($finding->text) . '. <span class="remedy">' . self::escape($finding->remedy)
            . "</span></li>\n";
    }

    private static function summary(Snapshot $snapshot): string
    {
        $share = $snapshot->localShare();
        $tile = fn (string $title, string $value, string $bar) =>
            "<div class=\"tile\"><dt>$title</dt><dd>" . self::escape($value) . "$bar</dd></div>\n";
        $stores = max(1, count($snapshot->stores));
        return "<dl class=\"tiles\">\n"
            . $tile('Stores up', $snapshot->storesUp() . ' of ' . count($snapshot->stores),
                Bar::of($snapshot->storesUp() / $stores))
            . $tile('Read from the local store', Format::percent($share), Bar::of($share ?? 0.0))
            . $tile('Sessions read', Format::count($snapshot->counter('reads')), '')
            . $tile('Sessions written', Format::count($snapshot->counter('writes')), '')
            . "</dl>\n";
    }

    private static function counters(Snapshot $snapshot): string
    {
        $sections = '';
        foreach (Counters::of($snapshot) as $group => $counters) {
            $values = array_column($counters, 0);
            $rows = '';
            foreach ($counters as $name => [$value, $text])
                $rows .= '<tr data-counter="' . self::escape($name) . '"><th scope="row"><code>'
                    . self::escape($name) . '</code><small>'
                    . self::escape($text) . '</small></th><td class="number">' . Format::count($value)
                    . Bar::among($value, ...$values) . "</td></tr>\n";
            $sections .= "<section><h2>" . self::escape($group) . "</h2><table>\n$rows</table></section>\n";
        }
        return "<div class=\"columns\">\n$sections</div>\n";
    }
}
