<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** Collects what PHP would print as warnings, so that a command can say it in its own way. */
final class Warnings
{
    /** @var list<string> */
    private array $texts = [];

    /** @template T @param callable(): T $action @return T */
    public function during(callable $action): mixed
    {
        set_error_handler(function (int $level, string $text): bool {
            $this->texts[] = Format::printable(preg_replace('/^[\w:\\\\]+\(\): /', '', trim($text)));
            return true;
        });
        try {
            return $action();
        } finally {
            restore_error_handler();
        }
    }

    /** @return list<string> */
    public function texts(): array
    {
        return array_values(array_unique($this->texts));
    }
}
