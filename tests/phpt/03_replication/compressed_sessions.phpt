--TEST--
A compressed session is stored smaller on every store, and read with the directive off as well
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
$list = list_of(...$stores);
$write = fn (int $bytes) => "session_id('A'); session_start();
    \$_SESSION['data'] = str_repeat('a row of a table; ', intdiv($bytes, 18)); session_write_close();";
$read = "session_id('A'); session_start(['read_and_close' => true]); echo md5(\$_SESSION['data'] ?? '');";
foreach (['zstd', 'none', 'zstd'] as $how) {
    foreach ([100_000, 1_000] as $bytes) {
        echo page($write($bytes), $list, ['sessmirror.compression' => $how]);
        $data = str_repeat('a row of a table; ', intdiv($bytes, 18));
        foreach ($stores as $store) {
            // Each alone, by a host that compresses and by one that does not.
            foreach (['zstd', 'none'] as $reader)
                if (page($read, $store->name(), ['sessmirror.compression' => $reader]) !== md5($data))
                    echo "not the same data\n";
            $sizes[] = $store->stat('bytes');
        }
        [$first, $second] = array_splice($sizes, 0);
        echo "$how, $bytes bytes: ", min($first, $second) > 50_000 ? 'as it is' : 'small',
            ', ', max($first, $second) > 50_000 ? 'as it is' : 'small', "\n";
    }
}
?>
--EXPECT--
zstd, 100000 bytes: small, small
zstd, 1000 bytes: small, small
none, 100000 bytes: as it is, as it is
none, 1000 bytes: small, small
zstd, 100000 bytes: small, small
zstd, 1000 bytes: small, small
