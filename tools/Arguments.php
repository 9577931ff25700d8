<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** Options and operands of a command line. An option may be written --name=value or --name value. */
final class Arguments
{
    /**
     * @param array<string, list<string>> $options values by name; of one without a value "1"
     * @param list<string> $operands
     */
    private function __construct(private array $options, public readonly array $operands) {}

    /**
     * @param list<string> $words
     * @param array<string, array{?string, string}> $known by name: what its value is called (null: it has none), and a text
     */
    public static function parse(array $words, array $known): self
    {
        $options = $operands = [];
        while ($words !== []) {
            $word = array_shift($words);
            if ($word === '--') break;
            if ($word === '-' || !str_starts_with($word, '-')) {
                $operands[] = $word;
                continue;
            }
            [$name, $value] = explode('=', ltrim($word, '-'), 2) + [1 => null];
            if (!isset($known[$name])) throw new UsageError("there is no option $word");
            $options[$name][] = self::valueOf($word, $known[$name][0], $value, $words);
        }
        return new self($options, [...$operands, ...$words]);
    }

    public function has(string $name): bool
    {
        return isset($this->options[$name]);
    }

    public function one(string $name): ?string
    {
        $values = $this->all($name);
        if (count($values) > 1) throw new UsageError("--$name may be given once");
        return $values[0] ?? null;
    }

    /** @return list<string> */
    public function all(string $name): array
    {
        return $this->options[$name] ?? [];
    }

    /** The operands, which must be this many. @return list<string> */
    public function exactly(int $count): array
    {
        if (count($this->operands) !== $count)
            throw new UsageError($count === 0 ? 'no operand is expected' : "$count operand is expected");
        return $this->operands;
    }

    /** @param list<string> $words what follows */
    private static function valueOf(string $word, ?string $wanted, ?string $value, array &$words): string
    {
        if ($wanted === null) return $value === null ? '1' : throw new UsageError("$word takes no value");
        return $value ?? array_shift($words) ?? throw new UsageError("$word needs a value: $wanted");
    }
}
