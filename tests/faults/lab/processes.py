# SPDX-License-Identifier: BSD-3-Clause
"""The processes of one run, and what is left of runs that could not clean up after themselves.

Every server is the leader of its own process group, and is written down, with its start time, in
the run's directory before anything else happens to it. So a later run can end exactly what a
crashed one started, and a process that merely got the same pid is left alone.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from .waiting import Overdue, wait_until

_DIRECTORY_PREFIX = "sessmirror-lab."
_NAMESPACE_PREFIX = "smlab"


def start_time(pid):
    """The kernel's start time of a process, in clock ticks; None when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state == "Z" else fields[18]


class Run:
    """One run's directory, process list and name for what has to be unique on the machine."""

    def __init__(self):
        self.directory = Path(tempfile.mkdtemp(prefix=f"{_DIRECTORY_PREFIX}{os.getpid()}."))
        self.directory.chmod(0o755)
        self.namespace_prefix = f"{_NAMESPACE_PREFIX}{os.getpid()}-"
        self._note("owner", os.getpid())
        self._processes = []

    def spawn(self, name, command, **options):
        """Starts a server; what it prints goes to NAME.log in the run's directory."""
        with open(self.directory / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, **options)
        self._note("processes", process.pid)
        self._processes.append(process)
        return process

    def end(self, *processes, patience_s=5):
        """Ends servers and their groups, all at once: politely, then not."""
        for process in processes:
            _signal_group(process.pid, signal.SIGCONT)
            _signal_group(process.pid, signal.SIGTERM)
        try:
            wait_until(lambda: all(process.poll() is not None for process in processes),
                       "the end of the servers", patience_s)
        except Overdue:
            pass
        for process in processes:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
            self._processes.remove(process)

    def kill(self, process):
        """kill -9, as a crash would."""
        process.kill()
        process.wait()
        self.forget(process)

    def forget(self, process):
        """It has ended by itself."""
        self._processes.remove(process)

    def close(self):
        self.end(*self._processes)
        shutil.rmtree(self.directory, ignore_errors=True)

    def log_tails(self, lines=15):
        """The last lines worth reading of every log that has any, for the report of a failure."""
        for log in sorted(self.directory.glob("*.log")):
            text = [line for line in log.read_text(errors="replace").splitlines()
                    if "notice" not in line.lower()]
            if text:
                yield log.name, text[-lines:]

    def _note(self, file, pid):
        with open(self.directory / file, "a") as notes:
            notes.write(f"{pid} {start_time(pid)}\n")


def remove_leftovers():
    """Ends and removes what runs whose owner is gone have left behind."""
    for directory in Path(tempfile.gettempdir()).glob(f"{_DIRECTORY_PREFIX}*"):
        if directory.stat().st_uid != os.getuid() or not (directory / "owner").exists():
            continue
        if any(_alive(directory / "owner")):
            continue
        for pid in _alive(directory / "processes"):
            _signal_group(pid, signal.SIGKILL)
        owner = directory.name.removeprefix(_DIRECTORY_PREFIX).split(".")[0]
        for namespace in Path("/run/netns").glob(f"{_NAMESPACE_PREFIX}{owner}-*"):
            subprocess.run(["ip", "netns", "del", namespace.name], check=False)
        shutil.rmtree(directory, ignore_errors=True)


def _alive(notes):
    """The pids of a notes file that are still the processes that were written down."""
    if not notes.exists():
        return
    for line in notes.read_text().splitlines():
        pid, started = line.split()
        if started != "None" and start_time(pid) == started:
            yield int(pid)


def _signal_group(leader, number):
    try:
        os.killpg(leader, number)
    except ProcessLookupError:
        pass
