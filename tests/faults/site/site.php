<?php
// SPDX-License-Identifier: BSD-3-Clause
// A small shop. A browser gets HTML; a client that asks for JSON gets the same facts in one line.
// Every change is a key of its own in the session, "op_" and the name that the client has given it:
// so none can hide another, and what two pages have changed can be brought together.

function host(): string
{
    return getenv('WEB_HOST') ?: php_uname('n');
}

/** Seconds on the clock that never jumps and that the visitors go by, too. */
function now(): float
{
    return hrtime(true) / 1e9;
}

/** How many reads this host has known to be stale; null when its handler does not count them. */
function stale_reads(): ?int
{
    if (!function_exists('sessmirror_status')) return null;
    $counters = sessmirror_status()['counters'];
    return $counters['stale_reads'] + $counters['unmet_tokens'];
}

/** Starts the session and notes what was in it, or answers that the shop is closed. */
function enter(): void
{
    $stale = stale_reads();
    if (!session_start()) {
        http_response_code(503);
        answer(['shut' => true]);
        exit;
    }
    found([
        'opened' => now(),
        'known_stale' => $stale === null ? null : [$stale, stale_reads()],
        'found' => isset($_SESSION['user']),
        'read' => array_keys(ops()),
        'count' => $_SESSION['n'] ?? 0,
    ]);
}

/** What enter() has found. */
function found(array $facts = []): array
{
    static $found = [];
    return $found = $facts ?: $found;
}

/** What this session has been through: name of the change => what was put into the cart, or "". */
function ops(): array
{
    $ops = [];
    foreach ($_SESSION ?? [] as $key => $value) {
        if (str_starts_with((string) $key, 'op_')) {
            $ops[substr($key, 3)] = $value;
        }
    }
    return $ops;
}

/** Makes the change that this request asks for. */
function change(string $item = ''): void
{
    $_SESSION['op_' . ($_REQUEST['op'] ?? uniqid())] = $item;
}

function cart(): array
{
    return array_count_values(array_filter(ops(), 'strlen'));
}

/**
 * What a page does besides its session. It sleeps, since that keeps the session open and the worker
 * busy, as work does, and leaves the processors to the visitors' other pages. Nothing is waited for.
 */
function work(float $seconds): void
{
    $end = now() + $seconds;
    while (($left = $end - now()) > 0) {
        time_nanosleep((int) $left, (int) (1e9 * ($left - (int) $left)));  // a signal may end it early
    }
}

function answer(array $facts = []): void
{
    $facts = ['host' => host(), 'pid' => getmypid()] + $facts + [
        'user' => $_SESSION['user'] ?? null,
        'cart' => (object) cart(),
    ] + found() + ['closed' => now()];
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
    $shut = isset($facts['shut']) ? '<p>The shop is closed for a moment.</p>' : '';
    echo "<!doctype html><title>shop</title><h1>shop</h1>$shut$form",
        "<p>This page came from {$facts['host']}. <a href='cart.php'>Again</a></p>\n";
}
