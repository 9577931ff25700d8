# SPDX-License-Identifier: BSD-3-Clause
"""Builds what is measured, out of a clean copy of the sources."""

import subprocess
import sys

from . import BENCHMARKS

_BUILD = """set -e
source scripts/lib/common.sh
source scripts/lib/trees.sh
copy_project "$1" >&2
phpize_build "$1" "$1" >&2
"""


def extension(directory):
    """The path of sessmirror.so."""
    print("building the extension", file=sys.stderr, flush=True)
    tree = directory / "extension"
    log = directory / "build.log"
    with open(log, "w") as output:
        built = subprocess.run(["bash", "-c", _BUILD, "build", str(tree)], stderr=output,
                               cwd=BENCHMARKS.parent, check=False)
    if built.returncode:
        raise SystemExit("the extension cannot be built:\n" + log.read_text()[-3000:])
    return str(tree / "modules" / "sessmirror.so")
