<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** How the command ends: as monitoring plugins do. */
final class ExitCode
{
    public const OK = 0;
    public const WARNING = 1;  // done in part, or something needs attention
    public const CRITICAL = 2;  // not done, or sessions are at risk
    public const UNKNOWN = 3;  // wrong usage, or nothing could be done or found out
}
