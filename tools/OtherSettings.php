<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror;

/**
 * The command with the settings of the web server instead of those of the command line: PHP reads its
 * configuration before it runs anything, so the command starts itself again.
 */
final class OtherSettings
{
    /**
     * @param list<string> $defined values of -d
     * @param list<string> $words of the command line without these options and the program's name
     */
    private function __construct(
        private string $script,
        private ?string $ini,
        private ?string $pool,
        private array $defined,
        public readonly array $words,
    ) {}

    /** @param list<string> $argv */
    public static function fromWords(array $argv): self
    {
        $script = array_shift($argv);
        $ini = $pool = null;
        $defined = [];
        while ($argv !== []) {
            if (preg_match('/^--ini(?:=(.*))?$/', $argv[0], $match)) $ini = self::valueOf($argv, $match[1] ?? null);
            elseif (preg_match('/^--pool(?:=(.*))?$/', $argv[0], $match))
                $pool = self::valueOf($argv, $match[1] ?? null);
            elseif (preg_match('/^-d(.+)?$/', $argv[0], $match)) $defined[] = self::valueOf($argv, $match[1] ?? null);
            else break;
        }
        return new self($script, $ini, $pool, $defined, $argv);
    }

    public function areWanted(): bool
    {
        return $this->ini !== null || $this->pool !== null || $this->defined !== [];
    }

    /** @return int the exit code of the command */
    public function rerun(): int
    {
        $pool = $this->pool === null ? null : new PoolSettings($this->pool);
        $command = [PHP_BINARY, ...$this->iniOptions()];
        foreach ($this->defined as $value) array_push($command, '-d', $value);
        $streams = [STDIN, STDOUT, STDERR];
        $folders = $this->folders($pool);
        $environment = $folders === null ? null : ['PHP_INI_SCAN_DIR' => $folders] + getenv();
        $process = proc_open([...$command, $this->script, ...$this->words], $streams, $pipes, null, $environment);
        if ($process === false) throw new \RuntimeException('PHP cannot be started again');
        return proc_close($process);
    }

    /** @return list<string> */
    private function iniOptions(): array
    {
        if ($this->ini !== null) return ['-c', $this->ini];
        if (php_ini_loaded_file() !== false) return ['-c', php_ini_loaded_file()];
        return $this->pool === null ? ['-n'] : [];
    }

    /**
     * Where PHP looks for more settings (an empty part stands for the place that it was built
     * with); null: where it does now.
     */
    private function folders(?PoolSettings $pool): ?string
    {
        if ($this->ini === null && $pool === null) return null;
        $folders = (string) getenv('PHP_INI_SCAN_DIR');
        if ($this->ini !== null) {
            if (!is_readable($this->ini)) throw new UsageError("--ini $this->ini cannot be read");
            $beside = (is_dir($this->ini) ? $this->ini : dirname($this->ini)) . '/conf.d';
            $folders = is_dir($beside) ? $beside : '/dev/null';
        }
        return $pool === null ? $folders : $folders . PATH_SEPARATOR . $pool->folder;
    }

    /** @param list<string> $argv from the option on, which is removed */
    private static function valueOf(array &$argv, ?string $value): string
    {
        $option = array_shift($argv);
        return $value ?? array_shift($argv) ?? throw new UsageError("$option needs a value");
    }
}
