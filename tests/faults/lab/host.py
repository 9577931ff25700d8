# SPDX-License-Identifier: BSD-3-Clause
"""One web host: php-fpm beside the host's own store."""

import os
import shutil
import signal
from pathlib import Path

from .waiting import wait_until

SITE = Path(__file__).parent.parent / "site"

_POOL = """[global]
error_log = {directory}/{name}.log
daemonize = no
; A reload lets the pages in flight finish.
process_control_timeout = 10s
[www]
listen = {address}:{port}
listen.backlog = 256
pm = static
pm.max_children = {workers}
catch_workers_output = yes
env[WEB_HOST] = {name}
env[LAB_NOTES] = {notes}
{user}{local}"""


def find_php_fpm():
    """The newest php-fpm there is; Debian names it after the version."""
    found = sorted(Path("/usr/sbin").glob("php-fpm*")) or [shutil.which("php-fpm")]
    if not found[-1]:
        raise FileNotFoundError("php-fpm is not installed")
    return str(found[-1])


class WebHost:
    """A php-fpm master with a fixed number of workers. All hosts share one php.ini."""

    def __init__(self, run, network, number, port, workers, store, clock=None):
        self.number = number
        self.name = f"web{number}"
        self.store = store
        self.clock = clock
        self.address = network.address(number)
        self.port = port
        self._run = run
        self._network = network
        self._workers = workers
        self._process = None

    @property
    def pid(self):
        """The master's."""
        return self._process.pid

    def start(self, php_ini):
        config = self._run.directory / f"{self.name}.conf"
        config.write_text(self._config())
        command = self._network.command(
            self.number,
            self._named([find_php_fpm(), "-F", "-c", str(php_ini), "-y", str(config)]))
        # An empty scan directory keeps the machine's own php configuration out.
        environment = {**os.environ, "PHP_INI_SCAN_DIR": "",
                       **(self.clock.environment if self.clock else {})}
        self._process = self._run.spawn(self.name, command, env=environment)
        wait_until(self._accepts, f"{self.name} accepts connections", 10)

    def _named(self, command):
        """With a host name of its own, without which processes of two hosts could take each other
        for processes of one."""
        if os.geteuid() != 0:
            return command
        return ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', self.name, *command]

    def reload(self):
        """New master and new workers, on the same listening socket."""
        os.kill(self._process.pid, signal.SIGUSR2)

    def stop(self):
        self._run.end(self._process)

    def kill(self):
        """The master and all workers at once, as by the system's memory killer or a hard stop."""
        workers = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for pid in [self.pid, *map(int, workers)]:
            os.kill(pid, signal.SIGKILL)
        self._process.wait()
        # A worker that is still dying would accept, and reset, what is meant for the next server.
        wait_until(self._refuses, f"{self.name} refuses connections", 10)

    def _refuses(self):
        try:
            self._network.connect(self.number, self.port, 1).close()
        except ConnectionRefusedError:
            return True
        return False

    def _accepts(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"php-fpm of {self.name} ended with {self._process.returncode}: "
                               + (self._run.directory / f"{self.name}.log").read_text()[-2000:])
        self._network.connect(self.number, self.port, 1).close()
        return True

    def _config(self):
        as_root = os.geteuid() == 0
        # Every 127.x.y.z address is this host's own, so on loopback it cannot find its store.
        local = "" if self._network.has_wires else (
            f"php_admin_value[sessmirror.local] = {self.store.entry}\n")
        return _POOL.format(
            directory=self._run.directory, name=self.name, address=self.address, port=self.port,
            workers=self._workers, notes=self._run.directory / "notes",
            user="user = www-data\ngroup = www-data\n" if as_root else "", local=local)
