<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** One store of the pool, as sessmirror_status() tells of it. Names hold no passwords. */
final class StoreStatus
{
    /** What `state` can be, best first. */
    public const STATES = ['up', 'behind', 'unchecked', 'filling', 'disproved', 'down'];

    public function __construct(
        public readonly string $name,
        public readonly bool $is_local,
        public readonly bool $is_up,
        public readonly string $state,
        public readonly int $weight,
        public readonly float $down_for_s,
        public readonly int $latency_us,  // 0: not measured yet
        public readonly int $requests,
        public readonly int $errors,
        public readonly int $refill_listed,
        public readonly int $refill_seen,
        public readonly int $refill_copied,
        public readonly ?string $same_server_as,  // another store of the list, if there is one
    ) {}

    /** @param array<string, mixed> $row */
    public static function fromRow(array $row): self
    {
        $field = new Fields($row, 'a store');
        return new self($field->text('name'), $field->flag('local'), $field->flag('up'), $field->text('state'),
            $field->count('weight'), $field->seconds('down_for_s'), $field->count('latency_us'),
            $field->count('requests'), $field->count('errors'), $field->count('refill_listed'),
            $field->count('refill_seen'), $field->count('refill_copied'),
            isset($row['same_server_as']) ? $field->text('same_server_as') : null);
    }

    /** 0 to 1, of the refill that goes on; null when there is none. */
    public function refilled(): ?float
    {
        if ($this->state !== 'filling') return null;
        return $this->refill_listed === 0 ? 0.0 : min(1.0, $this->refill_seen / $this->refill_listed);
    }
}
