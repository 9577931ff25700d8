<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** Where a command writes: results to one stream, what concerns people only to the other. */
final class Console
{
    /**
     * @param resource $out
     * @param resource $err
     */
    public function __construct(private $out = STDOUT, private $err = STDERR) {}

    public function write(string $text): void
    {
        fwrite($this->out, $text);
    }

    /** @param array<mixed> $value */
    public function writeJson(array $value): void
    {
        $options = JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION
            | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR;
        $this->write(json_encode($value, $options) . "\n");
    }

    public function complain(string $text): void
    {
        fwrite($this->err, "sessmirror: $text\n");
    }

    public function say(string $text): void
    {
        fwrite($this->err, $text);
    }

    /** Whether somebody looks at what is said. */
    public function isWatched(): bool
    {
        return stream_isatty($this->err);
    }
}
