<?php
// SPDX-License-Identifier: BSD-3-Clause
// php fill.php FIRST COUNT: makes as many sessions of visitors who have put something into their carts.
[, $first, $count] = $argv;
for ($n = (int) $first; $n < $first + $count; $n++) {
    session_id("bulk-$n");
    session_start();
    $_SESSION = ['user' => "visitor $n", 'op_1' => 'apple', 'op_2' => 'bread'];
    if (!session_write_close()) {
        exit(1);
    }
}
