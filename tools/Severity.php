<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** How much a finding matters; the value is the exit code that monitoring expects. */
enum Severity: int
{
    case Ok = 0;
    case Warning = 1;
    case Critical = 2;
    case Notice = -1;  // worth knowing, and no reason to call anybody

    public function word(): string
    {
        return strtolower($this->name);
    }

    /** What a check of several findings ends with: never less than Ok. */
    public static function worstOf(Finding ...$findings): self
    {
        $codes = array_map(fn (Finding $finding) => $finding->severity->value, $findings);
        return self::from(max([self::Ok->value, ...$codes]));
    }
}
