<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Convert;

/** What a configuration becomes: our directives, and what each of the old ones turned into. */
final class Conversion
{
    /** @var array<string, string> our directives */
    public array $settings = ['session.save_handler' => 'sessmirror'];
    /** @var list<array{name: string, value: string, outcome: string, text: string}> */
    public array $directives = [];
    /** @var list<string> */
    public array $notes = [];

    public function __construct(public readonly string $handler) {}

    public function set(string $name, string $value): void
    {
        $this->settings[$name] = $value;
    }

    /** An old directive that lives on in others, or by default. */
    public function became(string $name, string $value, string $text): void
    {
        $this->tell($name, $value, 'became', $text);
    }

    /** One that has no counterpart, because none is needed. */
    public function gone(string $name, string $value, string $text): void
    {
        $this->tell($name, $value, 'gone', $text);
    }

    /** Something that sessmirror cannot do: somebody has to decide. */
    public function refused(string $name, string $value, string $text): void
    {
        $this->tell($name, $value, 'refused', $text);
    }

    public function note(string $text): void
    {
        $this->notes[] = $text;
    }

    public function isWhole(): bool
    {
        return !in_array('refused', array_column($this->directives, 'outcome'), true);
    }

    public function isToldOf(string $name): bool
    {
        return in_array($name, array_column($this->directives, 'name'), true);
    }

    private function tell(string $name, string $value, string $outcome, string $text): void
    {
        $value = str_contains($name, 'pass') || str_contains($name, 'user') ? '***' : self::masked($value);
        $last = array_pop($this->directives);
        $goes_on = $last !== null && $outcome === 'became' && [$last['name'], $last['outcome']] === [$name, $outcome];
        if ($goes_on) $last['text'] .= "; $text";
        if ($last !== null) $this->directives[] = $last;
        if (!$goes_on)
            $this->directives[] = ['name' => $name, 'value' => $value, 'outcome' => $outcome, 'text' => $text];
    }

    /** Without passwords. */
    private static function masked(string $text): string
    {
        return (string) preg_replace('/((?:auth|pass)[^=,;\s]*=)[^&,;\s]*/i', '$1***',
            preg_replace('~//[^/@\s]*@~', '//***@', $text));
    }
}
