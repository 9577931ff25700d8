<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** One thing that a check found, and what to change. */
final class Finding
{
    public function __construct(
        public readonly Severity $severity,
        public readonly string $subject,
        public readonly string $text,
        public readonly string $remedy = '',
    ) {}

    /** @return array{severity: string, subject: string, text: string, remedy: string} */
    public function toRow(): array
    {
        return ['severity' => $this->severity->word(), 'subject' => $this->subject, 'text' => $this->text,
                'remedy' => $this->remedy];
    }
}
