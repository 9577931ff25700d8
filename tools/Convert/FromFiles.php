<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Convert;

/** session.save_handler = files, PHP's own: one web server, or several with a shared folder. */
final class FromFiles extends Peer
{
    protected function convertOwn(IniFile $old): void
    {
        $value = $old->text('session.save_path');
        $path = preg_replace('/^(\d+;)?([0-7]+;)?/', '', $value);
        $this->new->note('With more than one web server, set sessmirror.stores to the memcached or Redis of all of them instead.');
        if ($path === '') {
            $this->new->became('session.save_path', $value,
                'sessions are kept in an embedded store, in the folder for temporary files');
            return;
        }
        if (preg_match('~^/[^\s,;?]*$~', $path) !== 1) {
            $this->new->refused('session.save_path', $value,
                'an embedded store needs an absolute path without blanks');
            return;
        }
        $this->new->set('sessmirror.stores', "lmdb://$path");
        $depth = preg_match('/^(\d+);/', $value, $match) === 1 ? (int) $match[1] : 0;
        $folder = implode('/', array_map(rawurlencode(...), explode('/', $path)));
        $this->takePlaces(["files://$folder" . ($depth === 0 ? '' : "?depth=$depth")]);
        $this->new->became('session.save_path', $value,
            'is an embedded store in that folder: one file instead of one for each session');
        if ($path !== $value)
            $this->new->note('The depth and the mode of the folders are gone: there are three files, of mode 0600.');
    }

    protected function reasons(): array
    {
        return [];
    }
}
