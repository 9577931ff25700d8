--TEST--
Sessions of the handler files are taken over at their first use, in strict mode too, and end for good
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$store] = Store::start(1);
$folder = SessionDirectory::make();
$old = fn (string $code) => page($code, '', ['session.save_handler' => 'files', 'session.save_path' => $folder->path]);
$new = fn (string $code, array $ini = []) => page($code, $store->entry(), $ini + [
    'session.use_strict_mode' => '1', 'sessmirror.import' => "files://$folder->path"]);
$id = 'the-visitor-who-comes-back';
$start = "session_id('$id'); session_start(); echo session_id() === '$id' ? 'same id' : 'another id', ', ';";

$old("session_id('$id'); session_start(); \$_SESSION['user'] = 'ada';");
echo $new("$start echo \$_SESSION['user']; \$_SESSION['n'] = 1;"), "\n";
echo $new("$start echo json_encode(\$_SESSION);"), "\n";
echo $old("session_id('$id'); session_start(); echo json_encode(\$_SESSION);"), "\n";
echo $new('$s = sessmirror_status(); var_dump($s["last_import"], $s["counters"]["imported"]);'), "\n";
unlink("$folder->path/sess_$id");
$other = str_replace('comes', 'stays', $id);
$old("session_id('$other'); session_start(); \$_SESSION['user'] = 'bob';");
echo $new(str_replace($id, $other, $start) . ' $s = sessmirror_status(); echo $s["counters"]["imported"], " ",
    abs(time() - $s["last_import"]) < 60 ? "now" : "?", "\n"; session_destroy();'), "\n";
echo in_array("sess_$other", $folder->files()) ? "still there" : "gone", "\n";
$old("session_id('$other'); session_start(); \$_SESSION['user'] = 'bob';");
echo $new(str_replace($id, $other, $start) . ' echo json_encode($_SESSION);'), "\n";

echo "-- not without the directive, nor with a wrong one\n";
$id = 'the-visitor-who-came-later';
$old("session_id('$id'); session_start(); \$_SESSION['user'] = 'eve';");
$read = "session_id('$id'); echo session_start() ? json_encode(\$_SESSION) : 'no session', PHP_EOL;";
echo $new($read, ['sessmirror.import' => '', 'session.use_strict_mode' => '0', 'sessmirror.key_prefix' => 'other:']), "\n";
echo $new($read, ['sessmirror.import' => 'file:///tmp']), "\n";
echo $new($read, ['open_basedir' => sys_get_temp_dir() . '/elsewhere']), "\n";
?>
--EXPECTF--
same id, ada
same id, {"user":"ada","n":1}
{"user":"ada"}
NULL
int(0)
same id, 1 now
gone
another id, []
-- not without the directive, nor with a wrong one
[]
%Aentry 1 of sessmirror.import cannot be used: it must begin with files://, memcached://, memcache://, redis:// or rediscluster://%A
no session
%Ais outside of open_basedir%A
no session
