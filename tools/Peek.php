<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/**
 * Looks at one session through the extension, and can end it. The payload is kept from PHP, which
 * destroys what it cannot decode, and nothing is ever written.
 */
final class Peek extends \SessionHandler
{
    /** No lock, and so short a lifetime that none is extended. */
    private const LOOKING = ['sessmirror.locking' => 'off', 'session.gc_maxlifetime' => '1'];

    private string $payload = '';
    private bool $may_destroy = false;

    private function __construct() {}

    /**
     * The payload of a session as PHP has serialized it; '' when there is no such session, or an
     * empty one. Takes no lock.
     */
    public static function at(string $id): string
    {
        return self::within($id, self::LOOKING, fn (self $session) => $session->payload);
    }

    /** Ends a session on all hosts, when no page holds it any more. False when there is none. */
    public static function end(string $id): bool
    {
        return self::within($id, [], function (self $session): bool {
            if ($session->payload === '') return false;
            $session->may_destroy = true;
            return session_destroy() ?: throw new \RuntimeException('the session could not be destroyed');
        });
    }

    /**
     * The keys of a payload, by session.serialize_handler as it is here.
     *
     * @return ?array<mixed> null when it cannot be decoded
     */
    public static function decode(string $id, string $payload): ?array
    {
        return self::within($id, self::LOOKING, fn () => session_decode($payload) ? $_SESSION : null);
    }

    public function read(string $id): string|false
    {
        $payload = parent::read($id);
        if ($payload === false) return false;
        $this->payload = $payload;
        return '';
    }

    public function write(string $id, string $data): bool
    {
        return true;
    }

    public function destroy(string $id): bool  // also what PHP calls when it cannot decode
    {
        return !$this->may_destroy || parent::destroy($id);
    }

    /** @template T @param array<string, string> $settings @param callable(self): T $look @return T */
    private static function within(string $id, array $settings, callable $look): mixed
    {
        self::insistOnHandler();
        $settings += ['session.use_cookies' => '0', 'session.use_strict_mode' => '0', 'session.cache_limiter' => '',
            'session.gc_probability' => '0', 'session.use_trans_sid' => '0'];
        $warnings = new Warnings();
        return $warnings->during(function () use ($id, $settings, $look, $warnings) {
            foreach ($settings as $name => $value) ini_set($name, $value);
            $session = new self();
            session_set_save_handler($session, false);
            session_id($id);
            if (!session_start())
                throw new \RuntimeException(implode("\n", $warnings->texts()) ?: 'the session cannot be opened');
            try {
                if (session_id() !== $id) throw new UsageError('PHP takes no such session id');
                return $look($session);
            } finally {
                if (session_status() === PHP_SESSION_ACTIVE) session_abort();
            }
        });
    }

    private static function insistOnHandler(): void
    {
        $snapshot = Snapshot::take();
        if (!$snapshot->isConfigured())
            throw new \RuntimeException("configuration: $snapshot->configuration; see --ini in \"sessmirror --help\"");
    }
}
