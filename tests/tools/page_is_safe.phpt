--TEST--
The page escapes everything, loads nothing, sends careful headers, and refuses what it does not know
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';
use Sessmirror\Page\Site as Page;

$evil = '"><script>alert(1)</script><img src=//evil.example onerror=x>' . "\xff'&";
$snapshot = made_up(
    [store($evil, 'filling', ['local' => true, 'refill_listed' => 100, 'refill_seen' => 250]), store('b', $evil), store('c', 'down')],
    [$evil => 5, 'reads' => 100, 'local_hits' => 90, 'misses' => 10, 'lock_timeouts' => 1234567],
    ['version' => $evil, 'host' => $evil, 'local' => $evil]);
$ask = fn (array $query, string $method = 'GET', $of = null) => Page::answer($method, $query, fn () => $of ?? $snapshot);
$html = $ask([])->body;
$text = fn (string $html) => html_entity_decode(strip_tags($html), ENT_QUOTES | ENT_HTML5);

$without_values = preg_replace('/="[^"]*"/', '=""', $html);
var_dump(str_contains($html, '<script'), str_contains($html, '<img'), preg_match('/<[^>]* on\w+=/', $without_values));
var_dump(preg_match('~(src|href|action)="(?!\?)|url\(|@import|https?://~', $html));
var_dump(preg_match('/ style=/', $without_values), preg_match('//u', $html));
echo substr_count($text($html), 'alert(1)') >= 6 ? "shown as text\n" : "lost\n";
foreach ($ask([])->headers() as $name => $value) echo "$name: ", preg_replace('/nonce-\w{32}/', 'nonce-N', $value), "\n";
preg_match("/nonce-(\w+)/", $ask([])->headers()['Content-Security-Policy'], $one);
preg_match("/nonce-(\w+)/", $ask([])->headers()['Content-Security-Policy'], $other);
var_dump($one[1] !== $other[1]);

echo "-- errors in the configuration\n";
$html = $ask([], 'GET', made_up([], [], ['configuration' => "error: <b>$evil"]))->body;
var_dump(str_contains($html, '<b>'), str_contains($text($html), 'Sessions are at risk'), str_contains($text($html), "error: <b>"));

echo "-- a warning about the configuration\n";
$html = $ask([], 'GET', made_up([store('a'), store('b', 'up', ['same_server_as' => $evil])], [], ['configuration' => "warning: $evil"]))->body;
var_dump(str_contains($html, '<script'), str_contains($text($html), 'Something needs attention'), str_contains($text($html), 'the same server as "><script>'));

echo "-- what is asked for\n";
foreach ([['format' => 'xml'], ['format' => ['json']], ['format' => 'json'], ['format' => 'prometheus']] as $query) {
    $answer = $ask($query);
    echo $answer->code, ' ', $answer->type, "\n";
}
echo $ask([], 'POST')->code, "\n", $ask([], 'HEAD')->code, "\n";
foreach (['5', '1', '-5', '5;url=//evil', '99999', ['5'], null] as $refresh)
    echo preg_match('/<meta http-equiv="refresh" content="(.*?)">/', $ask(['refresh' => $refresh])->body, $found) ? $found[1] : 'no', ' ';
echo "\n", Page::answer('GET', [], fn () => throw new RuntimeException('the extension is not loaded'))->code, "\n";

echo "-- bars\n";
preg_match_all('/class="part" width="([\d.]+)"/', $html . $ask([])->body, $found);
var_dump(min($found[1]) >= 0, max($found[1]) <= 100);
?>
--EXPECT--
bool(false)
bool(false)
int(0)
int(0)
int(0)
int(1)
shown as text
Content-Type: text/html; charset=utf-8
Content-Security-Policy: default-src 'none'; style-src 'nonce-N'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'
Cache-Control: no-store
X-Content-Type-Options: nosniff
Referrer-Policy: no-referrer
X-Robots-Tag: noindex, nofollow
bool(true)
-- errors in the configuration
bool(false)
bool(true)
bool(false)
-- a warning about the configuration
bool(false)
bool(true)
bool(true)
-- what is asked for
400 text/plain; charset=utf-8
400 text/plain; charset=utf-8
200 application/json
200 text/plain; version=0.0.4; charset=utf-8
405
200
5 no no no no no no 
503
-- bars
bool(true)
bool(true)
