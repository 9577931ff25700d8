<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Page;

/** The page as one file that needs no other: the classes that it uses, one after the other. */
final class PageFile
{
    private const CLASSES = ['Severity', 'Finding', 'Fields', 'Format', 'StoreStatus', 'Snapshot', 'Counters',
        'Diagnosis', 'Metrics', 'Page/Response', 'Page/Style', 'Page/Bar', 'Page/StoreTable', 'Page/Html', 'Page/Site'];

    public static function text(): string
    {
        $folder = dirname(__DIR__);
        $parts = [self::head()];
        foreach (self::CLASSES as $class) $parts[] = self::body("$folder/$class.php");
        $parts[] = preg_replace('/^require_once .*;\n\n/m', '', self::body("$folder/page.php"));
        return implode("\n", $parts);
    }

    private static function head(): string
    {
        $release = phpversion('sessmirror');
        return "<?php\n// SPDX-License-Identifier: BSD-3-Clause\n\ndeclare(strict_types=1);\n\n"
            . '// The status page of sessmirror' . ($release === false ? '' : " $release")
            . ", made by \"sessmirror page\".\n"
            . "// It shows the addresses of the stores: put it behind the site's own access control.\n";
    }

    /** From the namespace on. */
    private static function body(string $path): string
    {
        $text = file_get_contents($path);
        return strstr($text, "\nnamespace ") ?: throw new \LogicException("$path has no namespace");
    }
}
