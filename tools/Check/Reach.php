<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Check;

use Sessmirror\Finding;
use Sessmirror\Severity;

/** What it means for the site that this host does not reach some of its stores. */
final class Reach
{
    /**
     * @param list<StoreFacts> $facts of all stores
     * @param ?int $copies of each session; null: not known
     */
    public static function of(array $facts, ?int $copies): ?Finding
    {
        $missing = count(array_filter($facts, fn (StoreFacts $one) => $one->trouble !== null));
        if ($missing === 0) return null;
        if ($missing === count($facts))
            return new Finding(Severity::Critical, 'stores', 'this host reaches none of them',
                'No session starts here until one is back.');
        if ($copies === null || $missing < $copies) return null;
        return new Finding(Severity::Critical, 'stores', "$missing out of reach, and each session is kept on $copies",
            'Sessions that are on these stores alone cannot start until one of them is back.');
    }

    /** The number of copies that sessmirror.redundancy asks for. */
    public static function copies(string $redundancy, int $stores): int
    {
        return strtolower($redundancy) === 'all' ? $stores : min($stores, max(1, (int) $redundancy));
    }
}
