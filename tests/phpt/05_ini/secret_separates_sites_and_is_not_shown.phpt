--TEST--
Sites with another secret or key_prefix have sessions of their own; phpinfo() does not show the secret
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$store] = Store::start(1);
foreach ([['sessmirror.secret' => 'one'], ['sessmirror.secret' => 'two'], ['sessmirror.key_prefix' => 'other:'], []] as $site) {
    echo page(counting_page('A'), $store->name(), $site), ' ';
    echo page(counting_page('A'), $store->name(), $site), "\n";
}
$info = page('phpinfo(INFO_MODULES);', $store->name(), ['sessmirror.secret' => 'hush-hush']);
var_dump(str_contains($info, 'hush-hush'));
preg_match('/^sessmirror\.secret.*$/m', $info, $line);
echo $line[0], "\n";
?>
--EXPECT--
1 2
1 2
1 2
1 2
bool(false)
sessmirror.secret => set => set
