<?php
// SPDX-License-Identifier: BSD-3-Clause
// A page that the site lets caches keep, larger than PHP's output buffer, with the session open to its end.
require __DIR__ . '/site.php';
session_cache_limiter('public');
enter();
echo '<!-- ', str_repeat('x', (int) ($_GET['bytes'] ?? 0)), " -->\n";
answer();
