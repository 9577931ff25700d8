<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Page;

/** A bar beside a number, drawn as SVG, so that the page needs neither scripts nor inline styles. */
final class Bar
{
    /** @param float $share 0 to 1 */
    public static function of(float $share, string $kind = ''): string
    {
        $width = sprintf('%.1F', max(0.0, min(1.0, $share)) * 100);
        return '<svg class="bar ' . Html::escape($kind)
            . '" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
            . '<rect class="whole" width="100" height="6"/>'
            . "<rect class=\"part\" width=\"$width\" height=\"6\"/></svg>";
    }

    /** Beside one of several numbers: the greatest of them fills it. */
    public static function among(int $value, int ...$all): string
    {
        $greatest = max([1, ...$all]);
        return self::of($value / $greatest);
    }
}
