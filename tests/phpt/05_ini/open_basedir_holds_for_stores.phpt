--TEST--
Sockets and directories of stores are held against open_basedir, wherever their list comes from
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$store] = Store::start(1);
$inside = SessionDirectory::make()->path;
$outside = SessionDirectory::make()->path;
$list = tempnam(sys_get_temp_dir(), 'list');
file_put_contents($list, "lmdb://$outside");
chmod($list, 0600);
$visit = function (string $what, string $code, array $ini) use ($inside, $outside) {
    $answer = page("session_id('A'); $code echo session_start() ? 'started' : 'refused';", '',
        $ini + ['open_basedir' => $inside]);
    echo $what, ': ', preg_match('/not started: (.*?)\. What/', $answer, $reason) ? strtr($reason[1], [$outside => 'OUT']) : $answer, "\n";
};
$visit('socket', '', ['sessmirror.stores' => "unix://$outside/socket"]);
$visit('redis', '', ['sessmirror.stores' => "10.0.0.1:11211, redis://$outside/socket"]);
$visit('lmdb', '', ['sessmirror.stores' => "lmdb://$outside"]);
$visit('file', '', ['sessmirror.stores_file' => $list]);
$visit('directory', '', ['session.save_path' => $outside]);
$visit('save_path of a script', "chdir('$inside'); ini_set('session.save_path', 'lmdb://$outside');", []);
$visit('nothing', '', ['sys_temp_dir' => $outside]);
$visit('refill', "var_dump(sessmirror_refill()); die;", ['sessmirror.stores' => "lmdb://$outside"]);
$visit('inside', '', ['sessmirror.stores' => "lmdb://$inside"]);
$visit('a parent of it', '', ['sessmirror.stores' => "lmdb://$inside/../" . basename($outside)]);
$visit('network', '', ['sessmirror.stores' => $store->entry()]);
var_dump(scandir($outside) === ['.', '..']);
unlink($list);
?>
--EXPECTF--
socket: OUT/socket, which the list of stores names, is outside of open_basedir
redis: OUT/socket, which the list of stores names, is outside of open_basedir
lmdb: OUT, which the list of stores names, is outside of open_basedir
file: OUT, which the list of stores names, is outside of open_basedir
directory: OUT, which the list of stores names, is outside of open_basedir
save_path of a script: OUT, which the list of stores names, is outside of open_basedir
nothing: OUT, which the list of stores names, is outside of open_basedir
refill: %A which the list of stores names, is outside of open_basedir%A
inside: started
a parent of it: %s, which the list of stores names, is outside of open_basedir
network: started
bool(true)
