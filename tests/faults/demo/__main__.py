# SPDX-License-Identifier: BSD-3-Clause
"""The main job, on screen: a load-balanced site whose session stores die one after the other.

Exit code 0 only if nobody was logged out and no page showed an error.
"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from demo.panel import Screen  # noqa: E402
from demo.story import Story  # noqa: E402
from lab import HANDLERS, Lab  # noqa: E402


def parse():
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--keep", action="store_true",
                        help="stay up at the end, with the URL and what to try by hand")
    parser.add_argument("--handler", choices=sorted(HANDLERS), default="sessmirror",
                        help="the same story with another handler (default: %(default)s)")
    parser.add_argument("--visitors", type=int, default=24)
    parser.add_argument("--calm", type=float, default=6.0, metavar="SECONDS",
                        help="the shortest time between two events (default: %(default)g)")
    parser.add_argument("--extension", default=os.environ.get("SESSMIRROR_SO"),
                        help=argparse.SUPPRESS)
    return parser.parse_args()


def introduce(screen, lab):
    wires = "network namespaces" if lab.network.has_wires else "loopback addresses"
    screen.event(f"Two web hosts ({wires}), nginx in plain round robin: {lab.url}")
    for host in lab.hosts:
        screen.quiet(f"{host.name}: php-fpm at {host.address}:{host.port}, "
                     f"its own {host.store.engine} at {host.store.endpoint}")
    screen.quiet("php.ini, the same on both:")
    for line in lab.php_ini.read_text().splitlines():
        if "save_" in line or line.startswith(f"{lab.handler.name}."):
            screen.quiet(f"    {line}")


def stay(screen, lab):
    """Until Ctrl-C."""
    for store in lab.stores:
        if not store.running:
            store.start()
    screen.event(f"Still up: {lab.url}    (Ctrl-C ends it)")
    for host in lab.hosts:
        screen.say(f"   {lab.url}/{host.name}/cart.php     always {host.name}")
        screen.say(f"   {lab.url}/{host.name}/status.php   what {host.name} knows of its stores")
    screen.say("   Log in with a browser, fill the cart, then by hand:")
    for store in lab.stores:
        screen.say(f"     {store.name}: hang  kill -STOP {store.pid}    go on  "
                   f"kill -CONT {store.pid}    kill  kill -9 {store.pid}")
    screen.say(f"   php.ini and logs: {lab.run.directory}")
    threading.Event().wait()


def main():
    arguments = parse()
    # A plain exception unwinds through the lab, which takes everything down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    screen = Screen()
    try:
        with Lab(arguments.handler, arguments.extension) as lab:
            introduce(screen, lab)
            fine = Story(screen, lab, arguments.visitors, arguments.calm).tell()
            screen.say()
            (screen.good if fine else screen.bad)(
                "Nobody was logged out, no page showed an error." if fine
                else "Somebody was logged out, or a page showed an error.")
            if arguments.keep:
                stay(screen, lab)
    except KeyboardInterrupt:
        screen.say()
        return 130
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
