--TEST--
Optimistic locking: a key that two requests change is the last one's, or the first one's if protected, and counted
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$store] = Store::start(1);

// Changes the session while another page has it open.
function overtaken_page(Store $store, string $id, array $ini, string $change): string
{
    $list = $store->name();
    $ini += ['sessmirror.locking' => 'optimistic'];
    page("session_id('$id'); session_start(); \$_SESSION = ['n' => 1, 'm' => 1];", $list, $ini);
    $command = var_export(page_command("session_id('$id'); session_start(); \$_SESSION['n'] = 'theirs'; \$_SESSION['t'] = 1;",
        $list, $ini), true);
    $answer = page("session_id('$id'); session_start(); $change"
        . "proc_close(proc_open($command, [], \$pipes));"
        . "session_write_close(); \$c = sessmirror_status()['counters'];"
        . "echo \"conflicts {\$c['conflicts']} merges {\$c['merges']} collisions {\$c['collisions']}\";", $list, $ini);
    return $answer . ' ' . page("session_id('$id'); session_start(); echo json_encode(\$_SESSION);", $list);
}

echo overtaken_page($store, 'A', [], "\$_SESSION['n'] = 'mine';"), "\n";
echo overtaken_page($store, 'B', ['sessmirror.merge_protect' => 'x, n'], "\$_SESSION['n'] = 'mine';"), "\n";
echo overtaken_page($store, 'C', [], "\$_SESSION['m'] = 'mine';"), "\n";
echo overtaken_page($store, 'D', ['sessmirror.on_conflict' => 'mine'], "\$_SESSION['m'] = 'mine';"), "\n";
echo overtaken_page($store, 'E', ['sessmirror.locking' => 'off'], "\$_SESSION['m'] = 'mine';"), "\n";
echo overtaken_page($store, 'F', [], "\$_SESSION['m'] = &\$_SESSION['n'];"), "\n";
?>
--EXPECT--
conflicts 1 merges 1 collisions 1 {"n":"mine","m":1,"t":1}
conflicts 1 merges 1 collisions 1 {"n":"theirs","m":1,"t":1}
conflicts 1 merges 1 collisions 0 {"n":"theirs","m":"mine","t":1}
conflicts 1 merges 0 collisions 1 {"n":1,"m":"mine"}
conflicts 1 merges 0 collisions 1 {"n":1,"m":"mine"}
conflicts 1 merges 0 collisions 1 {"n":1,"m":1}
