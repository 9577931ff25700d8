<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Command;

use Sessmirror\Arguments;
use Sessmirror\Console;

/** A subcommand. What it says of itself is what --help, the manual page and the completion tell. */
interface Command
{
    /** One line. */
    public function summary(): string;

    /** What it is given besides options: "ID"; may be empty. */
    public function operands(): string;

    /**
     * @return array<string, array{?string, string}> by name: what its value is called (null: it has
     * none), and a text
     */
    public function options(): array;

    /** @return int the exit code, one of Sessmirror\ExitCode */
    public function run(Arguments $arguments, Console $console): int;
}
