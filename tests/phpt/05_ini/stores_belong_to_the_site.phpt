--TEST--
A script cannot name other stores than its site, and .user.ini cannot where the site pins session.save_path
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

foreach (['stores', 'stores_file', 'secret_file', 'secret', 'local', 'key_prefix'] as $name)
    echo $name, ' ', var_export(ini_set("sessmirror.$name", '/x'), true), "\n";

$site = SessionDirectory::make()->path;
file_put_contents("$site/page.php", '<?php echo ini_get("sessmirror.stores");');
file_put_contents("$site/.user.ini", 'sessmirror.stores = "10.0.0.1:11211"');
$served = function (string $pinned) use ($site) {
    $extensions = array_map(fn ($path) => "extension=$path\n", loaded_extensions());
    file_put_contents("$site/php.ini", implode('', $extensions) . "[PATH=$site]\n$pinned\n");
    $process = proc_open([getenv('TEST_PHP_CGI_EXECUTABLE') ?: 'php-cgi', '-q', '-c', "$site/php.ini"],
        [0 => ['file', '/dev/null', 'r'], 1 => ['pipe', 'w']], $pipes, null,
        ['REDIRECT_STATUS' => '200', 'REQUEST_METHOD' => 'GET', 'SCRIPT_FILENAME' => "$site/page.php",
         'DOCUMENT_ROOT' => $site, 'PHP_INI_SCAN_DIR' => ''] + getenv());
    return body(close_page($process, $pipes[1]));
};
echo 'not pinned: ', $served(''), "\n";
echo 'save_path pinned: ', $served('session.save_path = "10.0.0.2:11211"'), "\n";
echo 'stores pinned: ', $served('sessmirror.stores = "10.0.0.3:11211"'), "\n";
?>
--EXPECT--
stores false
stores_file false
secret_file false
secret false
local false
key_prefix false
not pinned: 10.0.0.1:11211
save_path pinned: 
stores pinned: 10.0.0.3:11211
