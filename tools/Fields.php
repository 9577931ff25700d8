<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** Reads an array that may come from another server: every field is there and of its type, or it throws. */
final class Fields
{
    /** @param array<mixed> $row */
    public function __construct(private array $row, private string $of) {}

    public function text(string $name): string
    {
        return is_string($this->row[$name] ?? null) ? $this->row[$name] : $this->refuse($name);
    }

    public function textOrNull(string $name): ?string
    {
        return array_key_exists($name, $this->row) && $this->row[$name] === null ? null : $this->text($name);
    }

    public function flag(string $name): bool
    {
        return is_bool($this->row[$name] ?? null) ? $this->row[$name] : $this->refuse($name);
    }

    public function count(string $name): int
    {
        return is_int($this->row[$name] ?? null) ? $this->row[$name] : $this->refuse($name);
    }

    public function seconds(string $name): float
    {
        $value = $this->row[$name] ?? null;
        return is_float($value) || is_int($value) ? (float) $value : $this->refuse($name);
    }

    /** @return array<mixed> */
    public function list(string $name): array
    {
        return is_array($this->row[$name] ?? null) ? $this->row[$name] : $this->refuse($name);
    }

    private function refuse(string $name): never
    {
        throw new \UnexpectedValueException("not what sessmirror_status() returns: $this->of has no usable field \"$name\"");
    }
}
