<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** The command line asks for something that there is not. */
final class UsageError extends \RuntimeException {}
