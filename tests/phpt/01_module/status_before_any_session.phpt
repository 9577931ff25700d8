--TEST--
Before its first session a worker tells its pool, or why it cannot have one; other handlers are left alone
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = Store::start(2);
$directory = SessionDirectory::make();
$code = '$s = sessmirror_status(); echo $s["scope"], ", ", $s["configuration"], ": ",
    implode(" ", array_column($s["stores"], "name")), " local ", $s["local"] ?? "none", "\n";';
echo with_store_names(page($code, list_of($a, $b)), $a, $b), "\n";
echo page($code, 'http://10.0.0.1'), "\n";
echo page($code, '10.0.0.1', ['sessmirror.locking' => 'maybe']), "\n";
echo page($code, '', ['session.save_handler' => 'files', 'session.save_path' => $directory->path]), "\n";
echo count($directory->files()), " files\n";
$rows = function (string $stores, array $ini = []) {
    preg_match_all('/^(Configuration|Local store|Health and counters|[\w.:]+) => .*$/m',
        strstr(strstr(page('phpinfo(INFO_MODULES);', $stores, $ini), "\nsessmirror\n"), 'reads =>', true), $rows);
    return implode("\n", preg_grep('/^(Conf|Local|Health|127)/', $rows[0]));
};
echo with_store_names($rows(list_of($a, $b)), $a, $b), "\n";
echo $rows('tls://10.0.0.1'), "\n";
?>
--EXPECTF--
process, ok: STORE1 STORE2 local STORE1
process, error: store list, entry 1, "http://10.0.0.1": %s:  local none
process, error: sessmirror.locking = "maybe": must be on, optimistic or off:  local none
process, not in use (session.save_handler = files):  local none
0 files
Health and counters => of this process alone; ask a page of the web server for its
Configuration => ok
Local store => STORE1
STORE1 => unchecked, weight 1, 0 us, 0 requests, 0 errors
STORE2 => unchecked, weight 1, 0 us, 0 requests, 0 errors
Health and counters => of this process alone; ask a page of the web server for its
Configuration => error: store list, entry 1, "tls://10.0.0.1": TLS is not supported by this release's stores
Local store => none
