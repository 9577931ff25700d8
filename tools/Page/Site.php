<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Page;

use Sessmirror\Metrics;
use Sessmirror\Snapshot;

/**
 * Answers requests for the page: as HTML, as Prometheus' metrics with ?format=prometheus, as the
 * status itself with ?format=json. Who may ask is the site's business.
 */
final class Site
{
    private const TEXT = 'text/plain; charset=utf-8';

    /**
     * @param array<mixed> $query of the request
     * @param callable(): Snapshot $take
     */
    public static function answer(string $method, array $query, callable $take): Response
    {
        if ($method !== 'GET' && $method !== 'HEAD') return new Response(405, self::TEXT, "Only GET and HEAD.\n");
        $format = $query['format'] ?? 'html';
        if (!in_array($format, ['html', 'json', 'prometheus'], true))
            return new Response(400, self::TEXT, "The formats are html, json and prometheus.\n");
        try {
            return self::show($format, $take(), $query);
        } catch (\RuntimeException $failure) {
            return new Response(503, self::TEXT, $failure->getMessage() . "\n");
        }
    }

    /** @param array<mixed> $query */
    private static function show(string $format, Snapshot $snapshot, array $query): Response
    {
        if ($format === 'json') return new Response(200, 'application/json', $snapshot->toJson());
        if ($format === 'prometheus') return new Response(200, Metrics::CONTENT_TYPE, Metrics::of($snapshot));
        $nonce = bin2hex(random_bytes(16));
        return new Response(200, 'text/html; charset=utf-8', Html::page($snapshot, $nonce, self::refresh($query)),
            "default-src 'none'; style-src 'nonce-$nonce'");
    }

    /** @param array<mixed> $query */
    private static function refresh(array $query): ?int
    {
        $options = ['options' => ['min_range' => 2, 'max_range' => 3600]];
        $seconds = filter_var($query['refresh'] ?? null, FILTER_VALIDATE_INT, $options);
        return $seconds === false ? null : $seconds;
    }
}
