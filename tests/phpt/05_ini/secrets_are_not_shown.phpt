--TEST--
No function of PHP's shows the secret or the password of a store, and both work
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';

/** What php-cgi answers, without headers. */
function body(string $answers): string
{
    return trim(preg_replace('/^[A-Z][\w-]+: .*\r\n|^\r\n/m', '', "$answers\r\n"));
}

[$redis] = RedisServer::start(1, '--requirepass', 'hush-hush');
$look = 'session_id("A"); session_start(); $n = ($_SESSION["n"] ?? 0) + 1; $_SESSION["n"] = $n; session_write_close();
    ob_start();
    foreach (["secret", "stores", "local"] as $name)
        var_dump(ini_get("sessmirror.$name"), get_cfg_var("sessmirror.$name"), ini_parse_quantity ?? 0);
    var_dump(ini_get_all("sessmirror"), ini_get_all("sessmirror", false), ini_get_all(null, true)["sessmirror.secret"]);
    var_dump((new ReflectionExtension("sessmirror"))->getINIEntries(), sessmirror_status());
    phpinfo(INFO_ALL & ~INFO_ENVIRONMENT & ~INFO_VARIABLES); debug_zval_refcount ?? 0;
    $all = ob_get_clean();
    echo $n, " ", str_contains($all, "hush") ? "SHOWN" : "hidden", " ",
        ini_get("sessmirror.secret"), ", ", ini_get("sessmirror.stores"), "\n";';
$look = str_replace([', ini_parse_quantity ?? 0', ' debug_zval_refcount ?? 0;'], '', $look);
$site = ['sessmirror.secret' => 'hush, a long enough secret', 'sessmirror.local' => $redis->entry()];
echo page($look, $redis->entry(), $site), "\n";
echo page($look, $redis->entry(), $site), "\n";
echo page($look, $redis->entry(), ['sessmirror.secret' => 'hush, another long secret']), "\n";
echo page('echo ini_get("sessmirror.stores"), " ", var_export(ini_get("sessmirror.secret"), true);', '10.0.0.1:11211'), "\n";

// As a virtual host sets them, request after request in one process.
$site = SessionDirectory::make()->path;
file_put_contents("$site/page.php", "<?php $look");
$extensions = array_map(fn ($path) => "extension=$path\n", loaded_extensions());
file_put_contents("$site/php.ini", implode('', $extensions) . "[PATH=$site]
sessmirror.stores = \"{$redis->entry()}\"
sessmirror.secret = \"hush, the secret of a host\"
session.save_handler = sessmirror
session.use_cookies = 0
session.cache_limiter =
");
$process = proc_open([getenv('TEST_PHP_CGI_EXECUTABLE') ?: 'php-cgi', '-q', '-T', '3', '-c', "$site/php.ini"],
    [0 => ['file', '/dev/null', 'r'], 1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes, null,
    ['REDIRECT_STATUS' => '200', 'REQUEST_METHOD' => 'GET', 'SCRIPT_FILENAME' => "$site/page.php",
     'DOCUMENT_ROOT' => $site, 'PHP_INI_SCAN_DIR' => ''] + getenv());
echo body(close_page($process, $pipes[1])), "\n";
?>
--EXPECT--
1 hidden set, not shown, set, not shown because of a password
2 hidden set, not shown, set, not shown because of a password
1 hidden set, not shown, set, not shown because of a password
10.0.0.1:11211 ''
1 hidden set, not shown, set, not shown because of a password
2 hidden set, not shown, set, not shown because of a password
3 hidden set, not shown, set, not shown because of a password
