<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/** The command line "sessmirror COMMAND ...". */
final class Application
{
    public const COMMANDS = [
        'status' => Command\Status::class,
        'check' => Command\Check::class,
        'refill' => Command\Refill::class,
        'show' => Command\Show::class,
        'destroy' => Command\Destroy::class,
        'convert' => Command\Convert::class,
        'page' => Command\Page::class,
    ];

    /** @param list<string> $argv */
    public static function main(array $argv): int
    {
        ini_set('display_errors', 'stderr');
        PoolSettings::forget();
        $console = new Console();
        try {
            $asked = OtherSettings::fromWords($argv);
            return $asked->areWanted() ? $asked->rerun() : self::run($asked->words, $console);
        } catch (UsageError $error) {
            $console->complain($error->getMessage() . '; see "sessmirror --help"');
        } catch (\RuntimeException $error) {
            $console->complain($error->getMessage());
        }
        return ExitCode::UNKNOWN;
    }

    public static function command(string $name): Command\Command
    {
        $class = self::COMMANDS[$name] ?? throw new UsageError("there is no command \"$name\"");
        return new $class();
    }

    /** @param list<string> $words what follows the program's name */
    private static function run(array $words, Console $console): int
    {
        $name = array_shift($words) ?? '--help';
        if (in_array($name, ['--help', '-h', 'help'], true)) {
            $console->write(isset($words[0]) ? Help::of($words[0], self::command($words[0])) : Help::ofAll());
            return ExitCode::OK;
        }
        if ($name === '--version') {
            $console->write('sessmirror ' . (phpversion('sessmirror') ?: '(the extension is not loaded)') . "\n");
            return ExitCode::OK;
        }
        $command = self::command($name);
        $arguments = Arguments::parse($words, $command->options() + Help::OPTIONS);
        if (!$arguments->has('help') && !$arguments->has('h')) return $command->run($arguments, $console);
        $console->write(Help::of($name, $command));
        return ExitCode::OK;
    }
}
