<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/**
 * The session id that a command is given: an operand, or "-" for a line of the standard input,
 * which no list of processes shows.
 */
final class SessionId
{
    public static function from(Arguments $arguments): string
    {
        [$id] = $arguments->exactly(1);
        if ($id === '-') $id = rtrim((string) fgets(STDIN), "\r\n");
        if ($id === '') throw new UsageError('the session id is empty');
        return $id;
    }
}
