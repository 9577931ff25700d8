--TEST--
Upload progress is kept in the session while a file is uploaded
--EXTENSIONS--
sessmirror
session
--SKIPIF--
<?php
if (!is_executable((string) getenv('TEST_PHP_CGI_EXECUTABLE'))) die('skip TEST_PHP_CGI_EXECUTABLE does not name php-cgi');
?>
--FILE--
<?php
require __DIR__ . '/../common.inc';
$stores = Store::start(2);
$script = __DIR__ . '/upload_progress_page.inc';
file_put_contents($script, '<?php session_start(); $p = $_SESSION["upload_progress_up"] ?? null;
    echo json_encode([$p["done"] ?? null, $p["bytes_processed"] > 100000, count($p["files"] ?? [])]);');

$body = "--B\r\nContent-Disposition: form-data; name=\"PHP_SESSION_UPLOAD_PROGRESS\"\r\n\r\nup\r\n"
      . "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.bin\"\r\n\r\n" . str_repeat('x', 200000)
      . "\r\n--B--\r\n";
$command = page_command('', list_of(...$stores), [
    'session.use_cookies' => '1', 'session.use_only_cookies' => '1', 'session.upload_progress.enabled' => '1',
    'session.upload_progress.cleanup' => '0',
    'session.upload_progress.freq' => '0', 'session.upload_progress.min_freq' => '0', 'cgi.force_redirect' => '0',
], getenv('TEST_PHP_CGI_EXECUTABLE'));
$command = array_slice($command, 0, -2);  // without -r CODE
$process = proc_open($command, [0 => ['pipe', 'r'], 1 => ['pipe', 'w']], $pipes, null, [
    'REQUEST_METHOD' => 'POST', 'CONTENT_TYPE' => 'multipart/form-data; boundary=B', 'SCRIPT_FILENAME' => $script,
    'CONTENT_LENGTH' => (string) strlen($body), 'HTTP_COOKIE' => 'PHPSESSID=uploader', 'GATEWAY_INTERFACE' => 'CGI/1.1',
    'PATH_TRANSLATED' => $script,
]);
fwrite($pipes[0], $body);
fclose($pipes[0]);
$answer = stream_get_contents($pipes[1]);
proc_close($process);
echo substr($answer, strpos($answer, "\r\n\r\n") + 4), "\n";
?>
--CLEAN--
<?php @unlink(__DIR__ . '/upload_progress_page.inc'); ?>
--EXPECT--
[true,true,1]
