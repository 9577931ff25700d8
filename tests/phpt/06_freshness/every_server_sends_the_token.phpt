--TEST--
Apache's module and PHP's own server send the same cookies as php-cgi
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';

/** A web server with the page page.php in its directory. */
abstract class WebServer extends RealServer
{
    protected function directory(): string
    {
        return $this->options[0];
    }

    /** The body of page.php, and the Set-Cookie headers. @return array{string, list<string>} */
    public function get(array $cookies): array
    {
        $pairs = array_map(fn ($name, $value) => "$name=$value", array_keys($cookies), $cookies);
        $context = stream_context_create(['http' => ['header' => 'Cookie: ' . implode('; ', $pairs)]]);
        $body = file_get_contents("http://127.0.0.1:$this->port/page.php", false, $context);
        return [$body, preg_filter('/^Set-Cookie: /i', '', $http_response_header)];
    }
}

final class PhpServer extends WebServer
{
    protected function command(): array
    {
        return [PHP_BINARY, '-n', '-c', "{$this->directory()}/php.ini", '-S', "127.0.0.1:$this->port", '-t', $this->directory()];
    }
}

final class ApacheServer extends WebServer
{
    protected function command(): array
    {
        $modules = '/usr/lib/apache2/modules';
        $php = "libphp" . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . '.so';
        file_put_contents("{$this->directory()}/apache.conf", "
            ServerName localhost
            Listen 127.0.0.1:$this->port
            PidFile {$this->directory()}/apache.pid
            ErrorLog {$this->directory()}/apache.log
            DefaultRuntimeDir {$this->directory()}
            User www-data
            Group www-data
            LoadModule mpm_prefork_module $modules/mod_mpm_prefork.so
            LoadModule authz_core_module $modules/mod_authz_core.so
            LoadModule php_module $modules/$php
            PHPIniDir {$this->directory()}/php.ini
            DocumentRoot {$this->directory()}
            <FilesMatch \\.php\$>
                SetHandler application/x-httpd-php
            </FilesMatch>");
        return ['/usr/sbin/apache2', '-X', '-f', "{$this->directory()}/apache.conf"];
    }
}

[$store] = Store::start(1);
$directory = sys_get_temp_dir() . '/sessmirror-servers-' . getmypid();
mkdir($directory, 0755);
register_shutdown_function(fn () => [array_map('unlink', glob("$directory/*")), rmdir($directory)]);
$code = 'session_start(); if (($_SESSION["n"] ?? 0) < 2) $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1; echo $_SESSION["n"];';
file_put_contents("$directory/page.php", "<?php $code");
$ini = array_map(fn ($path) => "extension=$path", loaded_extensions());
array_push($ini, 'session.save_handler=sessmirror', "sessmirror.stores=\"{$store->name()}\"", 'session.use_strict_mode=0',
    'session.cookie_path=/', 'session.cookie_httponly=1', 'session.cookie_samesite=Lax', 'output_buffering=4096');
file_put_contents("$directory/php.ini", implode("\n", $ini) . "\n");

$show = fn (string $body, array $set) => trim($body) . ' ' . implode(' | ', array_map(
    fn ($cookie) => preg_replace('/=[^;]+/', '', $cookie, 1), $set)) . "\n";
foreach ([PhpServer::class, ApacheServer::class] as $class) {
    [$server] = $class::start(1, $directory);
    echo "$class\n";
    $cookies = [];
    for ($visit = 0; $visit < 3; $visit++) {
        [$body, $set] = $server->get($cookies);
        foreach ($set as $cookie) {
            [$name, $value] = explode('=', strtok($cookie, ';'), 2);
            $cookies[$name] = $value;
        }
        echo $show($body, $set);
    }
}
echo "php-cgi\n";
$visitor = new Visitor($store->name(), ['session.cookie_path' => '/', 'session.cookie_httponly' => '1', 'session.cookie_samesite' => 'Lax']);
for ($visit = 0; $visit < 3; $visit++) echo $show($visitor->visit($code, $store), $visitor->received);
?>
--EXPECT--
PhpServer
1 PHPSESSID; path=/; HttpOnly; SameSite=Lax | PHPSESSID_V; path=/; HttpOnly; SameSite=Lax
2 PHPSESSID_V; path=/; HttpOnly; SameSite=Lax
2 
ApacheServer
1 PHPSESSID; path=/; HttpOnly; SameSite=Lax | PHPSESSID_V; path=/; HttpOnly; SameSite=Lax
2 PHPSESSID_V; path=/; HttpOnly; SameSite=Lax
2 
php-cgi
1 PHPSESSID; path=/; HttpOnly; SameSite=Lax | PHPSESSID_V; path=/; HttpOnly; SameSite=Lax
2 PHPSESSID_V; path=/; HttpOnly; SameSite=Lax
2 
