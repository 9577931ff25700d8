<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** Rows of text in columns. A column whose values are all numbers stands to the right. */
final class TextTable
{
    /**
     * @param list<string> $head
     * @param list<list<string>> $rows
     */
    public static function of(array $head, array $rows): string
    {
        $head = array_map(Format::printable(...), $head);
        $rows = array_map(fn (array $row) => array_map(Format::printable(...), $row), $rows);
        $text = '';
        $widths = $is_right = [];
        foreach (array_keys($head) as $i) {
            $column = array_column($rows, $i);
            $widths[$i] = max(array_map(self::width(...), [$head[$i], ...$column]));
            $is_right[$i] = preg_grep('/^([\d,.]+( \S+)?|-)$/', $column) === $column;
        }
        foreach ([$head, ...$rows] as $row) {
            $cells = [];
            foreach ($row as $i => $cell) {
                $gap = str_repeat(' ', $widths[$i] - self::width($cell));
                $cells[] = $is_right[$i] ? $gap . $cell : $cell . $gap;
            }
            $text .= rtrim(implode('  ', $cells)) . "\n";
        }
        return $text;
    }

    private static function width(string $text): int
    {
        return preg_match_all('/./su', $text) ?: strlen($text);
    }
}
