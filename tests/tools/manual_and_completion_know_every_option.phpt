--TEST--
Help, manual page and completion know every command and option, and no other
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/common.inc';
use Sessmirror\Application;
use Sessmirror\Help;

$share = __DIR__ . '/../../tools/share';
$manual = file_get_contents("$share/sessmirror.1");
$completed = function (string ...$words) use ($share): array {
    $list = implode(' ', array_map('escapeshellarg', $words));
    [, $out] = run(['bash', '-c', "source " . escapeshellarg("$share/sessmirror.bash") . "; COMP_WORDS=($list); COMP_CWORD=\$((\${#COMP_WORDS[@]} - 1)); _sessmirror; printf '%s\\n' \"\${COMPREPLY[@]}\""]);
    return array_filter(explode("\n", $out));
};
$wrong = [];
foreach (Application::COMMANDS as $name => $class) {
    $command = Application::command($name);
    $part = preg_match("/^\.It Xo\n\.Cm $name\n(.*?)(?=^\.It Xo|\.El)/ms", $manual, $found) ? $found[1] : '';
    preg_match_all('/Fl -(\w+)/', strstr($part, "\n.Xc", true) ?: '', $told);
    $options = array_keys($command->options());
    if (array_diff($options, $told[1]) !== [] || array_diff($told[1], $options) !== []) $wrong[] = "manual of $name";
    foreach ($command->options() as $option => [$value]) if ($value !== null && !str_contains($part, "Fl -$option Ar $value")) $wrong[] = "manual of $name --$option";
    if ($command->operands() !== '' && !str_contains($part, ".Ar {$command->operands()}\n")) $wrong[] = "operand of $name";
    $offered = array_map(fn (string $word) => substr($word, 2), $completed('sessmirror', $name, '--'));
    if (array_diff(['help', ...$options], $offered) !== [] || array_diff($offered, ['help', ...$options]) !== []) $wrong[] = "completion of $name";
    [$code, $help] = command([$name, '--help'], '');
    foreach ($options as $option) if (!str_contains($help, "--$option")) $wrong[] = "help of $name";
    if ($code !== 0 || !in_array('json', $options, true)) $wrong[] = "$name has no JSON or no help";
    if (!str_contains(Help::ofAll(), "  $name ")) $wrong[] = "help without $name";
}
echo "wrong: ", implode(', ', $wrong), "\n";
echo implode(' ', array_diff($completed('sessmirror', ''), array_keys(Application::COMMANDS))), "\n";
echo implode(' ', $completed('sessmirror', '--ini', '/etc/php', 'ch')), "|", implode(' ', $completed('sessmirror', '--ini', '/etc/php', 'check', '--t')), "|",
    implode(' ', $completed('sessmirror', 'convert', '--handler', 'memcached')), "|", implode(' ', $completed('sessmirror', 'convert', $share . '/sessmirror.1')) === "$share/sessmirror.1" ? 'file' : 'none', "\n";
[, $out, $errors] = run(['bash', '-c', 'command -v man > /dev/null && man --warnings -l ' . escapeshellarg("$share/sessmirror.1") . ' > /dev/null'], '', ['LC_ALL' => 'C.UTF-8', 'MANWIDTH' => '100'] + getenv());
echo "what man complains about: $errors\n";
[$code, $out] = command([], '');
echo $code, ' ', strtok($out, "\n"), "\n";
[$code, $out] = command(['--version'], '');
var_dump($code, $out === 'sessmirror ' . phpversion('sessmirror') . "\n");
?>
--EXPECT--
wrong: 
--ini --pool -d --help --version
check|--timeout|memcached|file
what man complains about: 
0 Usage: sessmirror [--ini PATH] [--pool FILE] [-d NAME=VALUE]... COMMAND [OPTION]...
int(0)
bool(true)
