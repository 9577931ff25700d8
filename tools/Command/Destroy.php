<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Command;

use Sessmirror\Arguments;
use Sessmirror\Console;
use Sessmirror\EmbeddedStore;
use Sessmirror\ExitCode;
use Sessmirror\Peek;
use Sessmirror\SessionId;

/** sessmirror destroy: ends a session on all hosts, as session_destroy() does. */
final class Destroy implements Command
{
    public function summary(): string
    {
        return 'End a session on all hosts';
    }

    public function operands(): string
    {
        return 'ID';
    }

    public function options(): array
    {
        return ['json' => [null, 'Print the result as JSON']];
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $was_there = Peek::end(SessionId::from($arguments));
        if ($arguments->has('json')) $console->writeJson(['destroyed' => $was_there]);
        else $console->write($was_there ? "the session has been ended\n" : "no such session, or an empty one\n");
        if ($was_there) return ExitCode::OK;
        EmbeddedStore::remind($console);
        return ExitCode::WARNING;
    }
}
