# SPDX-License-Identifier: BSD-3-Clause
"""What an administrator does to a site in service: hosts join and leave it."""

from .waiting import wait_until

_PATIENCE_S = 30


def join(lab, host):
    """A spare host with an empty store: every list of stores names it, then it has visitors."""
    lab.spare.remove(host)
    lab.hosts.append(host)
    lab.hosts.sort(key=lambda each: each.number)
    host.store.start()
    lab.write_ini()
    host.start(lab.php_ini)
    _reload(lab, [each for each in lab.hosts if each is not host])
    lab.balancer.serve(lab.hosts)
    wait_until(lambda: _knows_the_list(lab, host), f"{host.name} serves", _PATIENCE_S)


def leave(lab, host):
    """First it has no visitors, then no list of stores names it. Its servers run until stop()."""
    lab.hosts.remove(host)
    lab.spare.append(host)
    lab.balancer.serve(lab.hosts)
    lab.write_ini()
    _reload(lab, lab.hosts)


def change_list(lab, entries, meanwhile):
    """The list of stores has these entries, on one host after the other. `meanwhile` returns when
    visitors have been served by hosts that do not agree."""
    lab.entries = entries
    lab.write_ini()
    for host in lab.hosts:
        _reload(lab, [host])
        meanwhile()


def stop(host):
    host.stop()
    host.store.kill()


def _reload(lab, hosts):
    for host in hosts:
        host.reload()
        wait_until(lambda host=host: _knows_the_list(lab, host), f"{host.name} is reloaded",
                   _PATIENCE_S)


def _knows_the_list(lab, host):
    """A master starts new workers when the last old one has ended."""
    page = lab.browser().get("status.php", host.name)
    wanted = lab.handler.save_path(lab.listed())
    return bool(page.data) and page.data["stores"] == wanted
