# SPDX-License-Identifier: BSD-3-Clause
"""What a result was measured on, and with which versions."""

import os
import platform
import re
import subprocess
from pathlib import Path

_MODULES = {"memcache": ("memcache.so",),
            "memcached": ("igbinary.so", "msgpack.so", "memcached.so"),
            "redis": ("igbinary.so", "redis.so")}


def describe(extension):
    modules = dict(_MODULES)
    if extension:
        modules["sessmirror"] = (extension,)
    return {
        "processor": _find(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text()),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "kernel": platform.release(),
        "load_at_start": load(),
        "versions": {
            "PHP": _output("php", "-n", "-r", "echo PHP_VERSION;"),
            "memcached": _find(r"[\d.]+", _output("memcached", "-V")),
            "redis": _find(r"v=([\d.]+)", _output("redis-server", "--version")),
            **{f"php-{name}" if name != "sessmirror" else name: _module_version(name, files)
               for name, files in modules.items()},
        },
    }


def load():
    """Processes that wanted to run, mean of the last minute."""
    return round(os.getloadavg()[0], 1)


def _module_version(name, files):
    arguments = [argument for file in files for argument in ("-d", f"extension={file}")]
    return _output("php", "-n", *arguments, "-r", f"echo phpversion('{name}');")


def _output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _find(pattern, text):
    found = re.search(pattern, text)
    return (found[1] if found.re.groups else found[0]).strip() if found else "unknown"
