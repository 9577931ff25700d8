# SPDX-License-Identifier: BSD-3-Clause
"""The worker processes of a site, as the kernel sees them."""

import re
from pathlib import Path


class Workers:
    """Those that there are now: what memory each has needed since, and whether one has ended."""

    def __init__(self, lab):
        self._hosts = list(lab.hosts)
        self._before = {host.name: self._pids(host) for host in self._hosts}
        for pid in self._all():
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew
        self._base = {pid: _peak_kb(pid) for pid in self._all()}

    def ended(self):
        """Names of the hosts that have lost a worker."""
        return [host.name for host in self._hosts if self._pids(host) != self._before[host.name]]

    def growth_mb(self):
        """Of the worker whose peak has grown most."""
        return max(_peak_kb(pid) - base for pid, base in self._base.items()) / 1024

    def _all(self):
        return [pid for pids in self._before.values() for pid in pids]

    @staticmethod
    def _pids(host):
        return set(map(int, Path(f"/proc/{host.pid}/task/{host.pid}/children").read_text().split()))


def _peak_kb(pid):
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1))
