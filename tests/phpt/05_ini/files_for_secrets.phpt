--TEST--
sessmirror.secret_file and sessmirror.stores_file hold what nobody else may read; others are refused with the reason
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$store] = Store::start(1);
$directory = SessionDirectory::make()->path;
$file = function (string $name, string $text, int $mode = 0600) use ($directory) {
    file_put_contents("$directory/$name", $text);
    chmod("$directory/$name", $mode);
    return "$directory/$name";
};
$secret = $file('secret', "a secret of enough characters\n");
$stores = $file('stores', "\n{$store->name()}\n\n", 0640);
$in_ini = ['sessmirror.secret' => 'a secret of enough characters'];
$in_files = ['sessmirror.secret_file' => $secret, 'sessmirror.stores_file' => $stores];
echo page(counting_page('A'), $store->name(), $in_ini), "\n";
echo page(counting_page('A'), '', $in_files), "\n";
echo page(counting_page('A'), $store->name()), "\n";  // without a secret

$refused = function (array $ini, string $list = '') use ($directory) {
    preg_match('/not started: (.*?)\. What/', page(counting_page('A'), $list, $ini), $reason);
    echo strtr($reason[1] ?? 'STARTED', [$directory => 'DIR']), "\n";
};
$refused(['sessmirror.secret_file' => $file('open', 'x', 0644)], $store->name());
$refused(['sessmirror.stores_file' => $file('open', $store->name(), 0604)]);
$refused(['sessmirror.stores_file' => "$directory/missing"]);
$refused(['sessmirror.stores_file' => $directory]);
$refused($in_files, $store->name());
$refused($in_files + $in_ini);
echo page('echo ini_get("sessmirror.secret_file") === "' . $secret . '" ? "path" : "?", ini_get("sessmirror.secret");', '', $in_files), "\n";

$log = $file('log', '');
$logged = ['log_errors' => '1', 'error_log' => $log];
foreach (['fifteen letters', 'sixteen letters!'] as $short)
    page(counting_page('B'), $store->name(), $logged + ['sessmirror.secret' => $short]);
[$redis] = RedisServer::start(1, '--requirepass', 'hush');
page(counting_page('B'), $redis->entry(), $logged);
page(counting_page('B'), '', $logged + ['session.save_path' => $redis->entry()]);
page(counting_page('B'), '', $logged + ['session.save_path' => $store->entry()]);
echo preg_replace('/^\[.*?\] /m', '', file_get_contents($log));
?>
--EXPECT--
1
2
1
sessmirror.secret_file: the file DIR/open cannot be used: its mode must be 0600 or 0640, and is 0644
sessmirror.stores_file: the file DIR/open cannot be used: its mode must be 0600 or 0640, and is 0604
sessmirror.stores_file: the file DIR/missing cannot be used: No such file or directory
sessmirror.stores_file: the file DIR cannot be used: it is no regular file
sessmirror.stores and sessmirror.stores_file are both set: give one
sessmirror.secret and sessmirror.secret_file are both set: give one
path
sessmirror: sessmirror.secret has 15 characters and can be guessed: use 16 random ones at least
sessmirror: session.save_path gives the password of a store, and PHP shows it to every script and in phpinfo(): move the list to sessmirror.stores_file or sessmirror.stores
