<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Page;

/** An answer over HTTP. Whatever it holds, no browser keeps it, guesses its type or lets it load anything. */
final class Response
{
    public function __construct(
        public readonly int $code,
        public readonly string $type,
        public readonly string $body,
        private string $policy = "default-src 'none'",
    ) {}

    /** @return array<string, string> */
    public function headers(): array
    {
        return [
            'Content-Type' => $this->type,
            'Content-Security-Policy' => $this->policy
                . "; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
            'Cache-Control' => 'no-store',
            'X-Content-Type-Options' => 'nosniff',
            'Referrer-Policy' => 'no-referrer',
            'X-Robots-Tag' => 'noindex, nofollow',
        ];
    }

    public function send(string $method): void
    {
        http_response_code($this->code);
        foreach ($this->headers() as $name => $value) header("$name: $value");
        if ($method !== 'HEAD') echo $this->body;
    }
}
