<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Convert;

/** What the conversions of all handlers share. A subclass knows one handler. */
abstract class Peer
{
    /** No session starts with this. */
    protected const NO_LIST = 'list-the-stores-here://';

    protected Conversion $new;

    /**
     * What to say of directives that have no counterpart.
     *
     * @return array<string, string> by name; a name may end with *
     */
    abstract protected function reasons(): array;

    abstract protected function convertOwn(IniFile $old): void;

    /** How sessmirror.import names the place of the old sessions on a server; null: it cannot. */
    protected function place(Entry $entry): ?string
    {
        return null;
    }

    public function convert(IniFile $old, string $handler): Conversion
    {
        $this->new = new Conversion($handler);
        $this->convertOwn($old);
        foreach ($this->reasons() as $pattern => $text)
            foreach ($old->of(rtrim($pattern, '*')) as $name => $value)
                if (($name === $pattern || str_ends_with($pattern, '*')) && !$this->new->isToldOf($name))
                    $this->new->gone($name, $value, $text);
        return $this->new;
    }

    /**
     * Reads a list of servers, and sets sessmirror.stores.
     *
     * @param list<string> $texts
     * @param callable(Entry): ?string $write an entry of our list, or null when there is none
     * @return int how many stores there are now
     */
    protected function takeList(string $directive, string $value, array $texts, callable $write): int
    {
        $stores = [];
        $places = [];
        foreach ($texts as $text) {
            $entry = Entry::parse($text);
            $written = $entry === null ? null : $write($entry);
            if ($written !== null) {
                $stores[] = $written;
                $places[] = $this->place($entry);
            }
            elseif ($entry === null)
                $this->new->refused($directive, $text, 'is not understood: write it into sessmirror.stores by hand');
        }
        if ($stores === []) return $this->lackList($directive, $value);
        $list = implode(', ', $stores);
        $this->new->set('sessmirror.stores', $list);
        $this->takePlaces($places);
        $this->new->became($directive, $value,
            'is sessmirror.stores; every session is kept on several of these stores, not on one');
        if (str_contains($list, '@'))
            $this->new->note('The list holds a password: put it into a file of mode 0600 and name that in sessmirror.stores_file.');
        if (count($stores) === 1)
            $this->new->note('One store is one copy: list the stores of all web servers, so that the loss of one logs nobody out.');
        return count($stores);
    }

    /** @param list<?string> $places */
    protected function takePlaces(array $places): void
    {
        $places = array_filter($places);
        if ($places !== []) $this->new->set('sessmirror.import', implode(', ', $places));
    }

    /** Without a list each web server would keep sessions of its own, so the result must not start any. */
    protected function lackList(string $directive, string $value): int
    {
        $this->new->set('sessmirror.stores', self::NO_LIST);
        if (!$this->new->isToldOf($directive))
            $this->new->refused($directive, $value, 'no server is listed: write sessmirror.stores by hand');
        return 0;
    }

    /** Copies in all, of which there cannot be more than stores. */
    protected function takeCopies(string $directive, string $value, int $copies, int $stores): void
    {
        if ($copies < 2 || $stores < 2) {
            $this->new->became($directive, $value,
                'there was one copy of each session; now there are up to three (sessmirror.redundancy)');
            return;
        }
        $redundancy = min($copies, $stores);
        $this->new->set('sessmirror.redundancy', (string) $redundancy);
        $this->new->became($directive, $value, "is sessmirror.redundancy = $redundancy, the number of all copies");
    }

    protected function takeLease(string $directive, string $value, int $seconds): void
    {
        if ($seconds < 1) {
            $this->new->became($directive, $value,
                'is sessmirror.lock_lease_s = 30, the default; a lock that never ends is not possible');
            return;
        }
        $lease = min(86400, $seconds);
        $this->new->set('sessmirror.lock_lease_s', (string) $lease);
        $this->new->became($directive, $value, "is sessmirror.lock_lease_s = $lease");
    }

    protected function takeWait(string $directive, string $value, int $milliseconds): void
    {
        $wait = max(0, min(600000, $milliseconds));
        $this->new->set('sessmirror.lock_wait_ms', (string) $wait);
        $this->new->became($directive, $value, "is sessmirror.lock_wait_ms = $wait");
    }

    protected function takeLocking(string $directive, string $value, bool $is_on): void
    {
        if (!$is_on) $this->new->set('sessmirror.locking', 'optimistic');
        $this->new->became($directive, $value, $is_on ? 'is sessmirror.locking = on, the default'
            : 'is sessmirror.locking = optimistic: nobody waits, and changes at the same time are merged key by key');
    }

    protected function takePrefix(string $directive, string $value): void
    {
        if (preg_match('/^[A-Za-z0-9_.:-]{1,64}$/D', $value) !== 1) {
            $this->new->refused($directive, $value,
                'sessmirror.key_prefix takes letters, digits and _ . : - only; choose another');
            return;
        }
        $this->new->set('sessmirror.key_prefix', $value);
        $this->new->became($directive, $value, 'is sessmirror.key_prefix, which keeps sites in one store apart');
    }
}
