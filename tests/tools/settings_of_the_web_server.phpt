--TEST--
The command works with another php.ini and with directives that it is given, and says whose settings it used
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';

[$a] = Store::start(1);
$fpm = SessionDirectory::make();
$extensions = implode('', array_map(fn (string $path) => "extension = $path\n", loaded_extensions()));
file_put_contents("$fpm->path/php.ini", $extensions . "session.save_handler = sessmirror\nsessmirror.stores = \"{$a->name()}\"\n");
mkdir("$fpm->path/conf.d");
file_put_contents("$fpm->path/conf.d/20-strict.ini", "session.use_strict_mode = 1\n");
$run = function (string ...$words) use ($fpm, $a): void {
    [$code, $out, $errors] = run([PHP_BINARY, '-n', __DIR__ . '/../../bin/sessmirror', ...$words]);
    $out = preg_replace('/^notice: \S+: memcached \S+ is new enough.*\n/m', '', with_store_names($out, $a));
    echo "$code ", str_replace($fpm->path, 'FPM', $out . $errors);
};
$run('--ini', "$fpm->path/php.ini", 'check');
$run("--ini=$fpm->path", '-d', 'sessmirror.locking=maybe', '-dsessmirror.ack=one', 'check');
echo "-- a pool\n";
$pool = fn (string $lines) => file_put_contents("$fpm->path/www.conf", "[www]\nuser = www-data\n$lines");
$pool("php_value[sessmirror.locking] = maybe\nphp_admin_value[sessmirror.local] = none\nphp_admin_flag[session.use_strict_mode] = off\n");
$run('--ini', $fpm->path, '--pool', "$fpm->path/www.conf", 'check');
$pool("php_admin_value[sessmirror.redundancy] = 1\nphp_admin_value[sessmirror.write_format] = 1\n");
$run('--ini', $fpm->path, "--pool=$fpm->path/www.conf", 'check');
$pool("php_admin_value[sessmirror.secret] = \"a;b 'c\"\n");
$run('--ini', $fpm->path, "--pool=$fpm->path/www.conf", 'check');
$pool("pm = static\n");
$run('--pool', "$fpm->path/www.conf", 'check');
echo count(glob(sys_get_temp_dir() . '/sessmirror-????????????????')), " folders are left\n-- usage\n";
$run('--ini', '/does/not/exist', 'status');
$run('--ini');
$run('status');
$run('check', '--json');
unlink("$fpm->path/conf.d/20-strict.ini");
rmdir("$fpm->path/conf.d");
?>
--EXPECT--
0 SESSMIRROR OK - 1 of 1 stores answer | stores=1 stores_answering=1
The settings are those of FPM/php.ini. What the web server has counted only its page
tells: sessmirror check --url URL. For its settings: sessmirror --ini PATH check.
2 SESSMIRROR CRITICAL - configuration: sessmirror.locking = "maybe": must be on, optimistic or off
critical: configuration: sessmirror.locking = "maybe": must be on, optimistic or off. No session starts until this is corrected.
The settings are those of FPM/php.ini. What the web server has counted only its page
tells: sessmirror check --url URL. For its settings: sessmirror --ini PATH check.
-- a pool
2 SESSMIRROR CRITICAL - configuration: sessmirror.locking = "maybe": must be on, optimistic or off
critical: configuration: sessmirror.locking = "maybe": must be on, optimistic or off. No session starts until this is corrected.
The settings are those of FPM/php.ini. What the web server has counted only its page
tells: sessmirror check --url URL. For its settings: sessmirror --ini PATH check.
0 SESSMIRROR OK - 1 of 1 stores answer | stores=1 stores_answering=1
notice: sessmirror.write_format: sessions are stored in the format of an earlier release. Remove the directive when every web server has this release.
The settings are those of FPM/php.ini. What the web server has counted only its page
tells: sessmirror check --url URL. For its settings: sessmirror --ini PATH check.
3 sessmirror: FPM/www.conf: the value of sessmirror.secret has a quote in it: give it by -d; see "sessmirror --help"
3 sessmirror: FPM/www.conf sets no directive by php_value or php_admin_value; see "sessmirror --help"
0 folders are left
-- usage
3 sessmirror: --ini /does/not/exist cannot be read; see "sessmirror --help"
3 sessmirror: --ini needs a value; see "sessmirror --help"
3 sessmirror: the extension sessmirror is not loaded by this PHP (no php.ini)
3 sessmirror: the extension sessmirror is not loaded by this PHP (no php.ini)
