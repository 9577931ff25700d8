--TEST--
What a stranger puts into the directory, or damages, costs a warning; deleted files are missed at once by running pages
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
$directory = SessionDirectory::make(01733);
$log = tempnam(sys_get_temp_dir(), 'log');
$name = $directory->path . '/sessmirror-' . fileowner($log);
$visit = fn (string $code) => page($code, '', ['session.save_path' => $directory->path,
    'log_errors' => '1', 'error_log' => $log]);
$told = function () use ($log, $name) {
    echo preg_replace('/^\[.*?\] /m', '', str_replace($name, 'BASE', file_get_contents($log)));
    file_put_contents($log, '');
};

symlink('/nowhere', "$name.locks");
echo $visit(counting_page('A')), $visit(counting_page('A')), "\n";
$told();
unlink("$name.locks");
echo $visit(counting_page('A')), "\n";
$told();

file_put_contents("$name-2.mdb", str_repeat('x', 8192));
echo $visit(counting_page('A')), $visit(counting_page('A')), "\n";
$told();

// A page that has the files open while they are deleted.
$gate = new Gate;
[$process, $pipe] = open_page(counting_page('A') . 'session_write_close();' . $gate->code() . counting_page('A'), '',
    ['session.save_path' => $directory->path]);
$gate->waitForPage();
array_map('unlink', glob("$name.*"));
echo $visit(counting_page('A')), "\n";
$gate->open();
echo close_page($process, $pipe), "\n";
echo $visit(counting_page('A')), "\n";
unlink($log);
?>
--EXPECT--
12
sessmirror: the embedded store passes over BASE.locks: it is a symbolic link; it uses BASE-2.*
sessmirror: the embedded store passes over BASE.locks: it is a symbolic link; it uses BASE-2.*
3
12
sessmirror: BASE-2.mdb is damaged (MDB_INVALID: File is not an LMDB file): its sessions are lost, and it is kept as *.damaged; the embedded store begins anew
1
32
3
