# SPDX-License-Identifier: BSD-3-Clause
"""What an administrator does on a working day."""

from lab import Crowd, wait_until

from .bench import case


@case(short=True)
def a_reload_of_php_fpm_in_the_middle_of_traffic_is_not_noticed(bench):
    """SIGUSR2 to both php-fpm masters, one after the other, three times: no error, no log-out."""
    with bench.lab() as lab, Crowd(lab, 10, pause_s=0.1) as crowd:
        wait_until(crowd.all_have_changed_something(), "everybody has a session", 20)
        for _ in range(3):
            for host in lab.hosts:
                host.reload()
                wait_until(crowd.all_have_visited(host.name), f"{host.name} serves all", 30)
        total = crowd.ledger.summary()
        bench.figure(f"{total['pages']} pages around 6 reloads, errors {total['errors']}, "
                     f"slowest {total['slowest']:.2f} s")
        bench.no_errors(crowd.ledger.since())
