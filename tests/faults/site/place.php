<?php
// SPDX-License-Identifier: BSD-3-Clause
// A page whose session's cookie is meant for its own folder, as many applications have it.
require __DIR__ . '/site.php';
session_set_cookie_params(['path' => dirname($_SERVER['PHP_SELF'])]);
@session_start();  // where the folder's name cannot be in a header, PHP says so
change();
answer(['folder' => dirname($_SERVER['PHP_SELF'])]);
