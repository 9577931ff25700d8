<?php
// SPDX-License-Identifier: BSD-3-Clause
// A small shop. A browser gets HTML; a client that asks for JSON gets the same facts in one line.

function host(): string
{
    return getenv('WEB_HOST') ?: php_uname('n');
}

/** Starts the session, or answers that the shop is closed. */
function enter(): void
{
    if (!session_start()) {
        http_response_code(503);
        answer(['closed' => true]);
        exit;
    }
}

/**
 * What a page does besides its session. It sleeps, since that keeps the session open and the worker
 * busy, as work does, and leaves the processors to the visitors' other pages. Nothing is waited for.
 */
function work(float $seconds): void
{
    $end = microtime(true) + $seconds;
    while (($left = $end - microtime(true)) > 0) {
        time_nanosleep((int) $left, (int) (1e9 * ($left - (int) $left)));  // a signal may end it early
    }
}

function answer(array $facts = []): void
{
    $facts = ['host' => host(), 'pid' => getmypid()] + $facts + [
        'user' => $_SESSION['user'] ?? null,
        'cart' => (object) ($_SESSION['cart'] ?? []),
    ];
    if (str_contains($_SERVER['HTTP_ACCEPT'] ?? '', 'application/json')) {
        header('Content-Type: application/json');
        echo json_encode($facts), "\n";
    } else {
        render($facts);
    }
}

function render(array $facts): void
{
    $cart = '';
    foreach ((array) $facts['cart'] as $item => $count) {
        $cart .= '<li>' . htmlspecialchars((string) $item) . ': ' . (int) $count . '</li>';
    }
    $form = $facts['user'] === null
        ? '<form method="post" action="login.php"><input name="user" value="ada">
           <button>log in</button></form>'
        : '<p>Logged in as ' . htmlspecialchars($facts['user']) . '.</p><ul>' . $cart . '</ul>
           <form method="post" action="add.php"><input name="item" value="apple">
           <button>put into the cart</button></form>
           <form method="post" action="logout.php"><button>log out</button></form>';
    $closed = isset($facts['closed']) ? '<p>The shop is closed for a moment.</p>' : '';
    echo "<!doctype html><title>shop</title><h1>shop</h1>$closed$form",
        "<p>This page came from {$facts['host']}. <a href='cart.php'>Again</a></p>\n";
}
