<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Check;

/**
 * One request to one store and its answer. Many are under way at the same time, so that dead stores
 * cost one timeout together.
 */
final class Exchange
{
    private const MAX_BYTES = 1 << 18;

    public string $answer = '';
    public ?string $trouble = null;
    /** @var ?resource */
    private $socket = null;

    /** @param callable(string): bool $is_over whether this is a whole answer */
    public function __construct(private Address $address, private string $request, private $is_over) {}

    /** @param list<Exchange> $exchanges */
    public static function run(array $exchanges, float $timeout_s): void
    {
        $end = microtime(true) + $timeout_s;
        foreach ($exchanges as $exchange) $exchange->connect($timeout_s);
        while (($open = array_filter($exchanges, fn (self $one) => $one->socket !== null)) !== []) {
            $left = $end - microtime(true);
            if ($left <= 0) break;
            self::step($open, $left);
        }
        foreach ($exchanges as $exchange)
            if ($exchange->socket !== null)
                $exchange->finish($exchange->request === '' ? 'does not answer' : 'cannot be connected to');
    }

    /** @param array<Exchange> $open */
    private static function step(array $open, float $left_s): void
    {
        $readers = $writers = [];
        foreach ($open as $i => $exchange)
            if ($exchange->request === '') $readers[$i] = $exchange->socket;
            else $writers[$i] = $exchange->socket;
        $none = null;
        if (stream_select($readers, $writers, $none, (int) $left_s, (int) (fmod($left_s, 1) * 1e6)) === false) return;
        foreach (array_keys($writers) as $i) $open[$i]->write();
        foreach (array_keys($readers) as $i) $open[$i]->read();
    }

    private function connect(float $timeout_s): void
    {
        $flags = STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT;
        $socket = @stream_socket_client($this->address->transport, $code, $text, $timeout_s, $flags);
        if ($socket === false) {
            $this->trouble = $text !== '' ? $text : 'cannot be connected to';
            return;
        }
        stream_set_blocking($socket, false);
        $this->socket = $socket;
    }

    private function write(): void
    {
        $sent = @fwrite($this->socket, $this->request);
        if ($sent === false || $sent === 0) $this->finish('refuses connections');
        else $this->request = substr($this->request, $sent);
    }

    private function read(): void
    {
        $piece = @fread($this->socket, 65536);
        if ($piece === false || $piece === '') {
            $this->finish($this->answer === '' ? 'closes connections' : 'breaks off its answer');
            return;
        }
        $this->answer .= $piece;
        if (($this->is_over)($this->answer)) $this->finish(null);
        elseif (strlen($this->answer) > self::MAX_BYTES) $this->finish('answers without end');
    }

    private function finish(?string $trouble): void
    {
        fclose($this->socket);
        $this->socket = null;
        $this->trouble = $trouble;
    }
}
