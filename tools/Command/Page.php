<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Command;

use Sessmirror\Arguments;
use Sessmirror\Console;
use Sessmirror\ExitCode;
use Sessmirror\Page\PageFile;

/** sessmirror page: the status page as one file. */
final class Page implements Command
{
    public function summary(): string
    {
        return 'Print the status page as one PHP file, to put behind a site\'s access control';
    }

    public function operands(): string
    {
        return '';
    }

    public function options(): array
    {
        return ['json' => [null, 'Print it as a text in JSON']];
    }

    public function run(Arguments $arguments, Console $console): int
    {
        $arguments->exactly(0);
        if ($arguments->has('json')) $console->writeJson(['page' => PageFile::text()]);
        else $console->write(PageFile::text());
        return ExitCode::OK;
    }
}
