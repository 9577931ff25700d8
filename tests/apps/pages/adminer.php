<?php
// SPDX-License-Identifier: BSD-3-Clause
// Adminer as Debian has it, for one file of SQLite that needs no password.
function adminer_object()
{
    class Tour extends Adminer
    {
        function login($login, $password)
        {
            return true;
        }
    }
    return new Tour();
}
require '/usr/share/adminer/adminer.php';
