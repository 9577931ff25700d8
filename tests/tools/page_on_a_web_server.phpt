--TEST--
The page on a web server tells the server's figures, as one file as well, and the command reads them
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';

$stores = Store::start(2);
[$code, $file] = command(['page'], '');
$include = var_export(realpath(__DIR__ . '/../../tools/page.php'), true);
$site = new Site(list_of(...$stores), [
    'shop.php' => '<?php session_id("A"); session_start(); $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1; echo $_SESSION["n"];',
    'one.php' => $file,
    'included.php' => "<?php require $include;",
    'guarded.php' => '<?php if (($_SERVER["PHP_AUTH_PW"] ?? "") !== "geheim") { http_response_code(401); exit; } require __DIR__ . "/one.php";',
    'other.php' => '<?php echo "{}";',
]);
for ($i = 0; $i < 3; $i++) echo $site->get('/shop.php');

echo "\n-- one file\n";
$status = json_decode($site->get('/one.php?format=json'), true);
echo $status['scope'], ' ', $status['counters']['writes'], ' writes, ', count($status['stores']), " stores\n";
$html = $site->get('/one.php');
var_dump(str_contains($html, 'of all workers'), str_contains($html, 'Everything is in order'));
$included = json_decode($site->get('/included.php?format=json'), true);
echo "the file that is included says the same: ", json_encode([$included['host'], $included['counters']['writes']] === [$status['host'], $status['counters']['writes']]), "\n";
echo strtok($site->get('/one.php?format=prometheus'), "\n"), "\n", $site->get('/one.php?format=x');

echo "-- the command\n";
[$code, $text, $errors] = command(['status', '--url', "$site->base/one.php"], '');
echo "exit code $code$errors\n", preg_replace(['/^(host +)\S+/m', '/ +\d +\d.*?( +\d+){2}$/m'], ['$1HOST', ' FIGURES'], with_store_names(strstr($text, "\nreads", true), ...$stores));
[$code, $text] = command(['status', '--json', '--url', "$site->base/one.php?x=y"], '');
$read = json_decode($text, true);
var_dump($code, $read['scope'], $read['counters']['writes']);

foreach (['ada:geheim@', 'ada:fal@sch@', ''] as $user) {
    [$code, , $errors] = command(['status', '--url', str_replace('//', "//$user", $site->base) . '/guarded.php'], '');
    echo "$code ", str_replace($site->base, 'SITE', trim($errors)), "\n";
}

echo "-- what cannot be read\n";
foreach (['/other.php', '/missing.php'] as $path) echo str_replace($site->base, 'SITE', implode(' ', command(['status', '--url', "$site->base$path"], '')));
$site->end();
echo preg_replace('/:\d+/', ':PORT', implode(' ', command(['status', '--url', str_replace('//', '//ada:geheim@', $site->base)], '')));
echo implode(' ', command(['status', '--url', 'file:///etc/passwd'], ''));
?>
--EXPECTF--
123
-- one file
server 3 writes, 2 stores
bool(true)
bool(true)
the file that is included says the same: true
# HELP sessmirror_info Always 1; the labels name the release, the host and whose figures these are
The formats are html, json and prometheus.
-- the command
exit code 0
sessmirror     %d.%d.%d
host           HOST
configuration  ok
local store    STORE1
local reads    %s

store                    state      weight  latency  requests  errors
STORE1 (local)  %s FIGURES
STORE2          %s FIGURES
int(0)
string(6) "server"
int(3)
0 
3 sessmirror: SITE/guarded.php cannot be read: Failed to open stream: HTTP request failed! HTTP/1.%d 401 Unauthorized
3 sessmirror: SITE/guarded.php cannot be read: Failed to open stream: HTTP request failed! HTTP/1.%d 401 Unauthorized
-- what cannot be read
3  sessmirror: SITE/other.php: not what sessmirror_status() returns: the status has no usable field "stores"
3  sessmirror: SITE/missing.php cannot be read: Failed to open stream: HTTP request failed! HTTP/1.%d 404 Not Found
3  sessmirror: http://127.0.0.1:PORT cannot be read: Failed to open stream: Connection refused
3  sessmirror: "file:///etc/passwd" is no address of a page (http:// or https://); see "sessmirror --help"
