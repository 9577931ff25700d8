# SPDX-License-Identifier: BSD-3-Clause
"""What crosses the wire between the hosts."""

from lab import LongWire, strike, wait_until

from .bench import case

_DELAY_MS = 2
_SESSIONS = 20
_UNCHANGED_BYTES = 250  # mean, locking on; payload only, without IP and TCP headers
_HEADERS = 52  # of each packet: IPv4, TCP, time stamps


@case(wires=True)
def an_unchanged_request_sends_next_to_nothing_to_the_other_host(bench):
    """Over a link of 2 ms: cross-host packets and bytes per unchanged and per changed request."""
    with bench.lab() as lab:
        wire = LongWire(lab.run, lab.network, _DELAY_MS)
        strike(wire)
        browsers = [lab.browser() for _ in range(_SESSIONS)]
        for browser in browsers:
            for host in lab.hosts:  # so that both have their connections
                browser.post("login.php", host.name, user="ada")
        unchanged = _cost(wire, browsers, lab.hosts,
                          lambda browser, host: browser.get("cart.php", host))
        changed = _cost(wire, browsers, lab.hosts,
                        lambda browser, host: browser.post("add.php", host, item="apple"))
        for name, cost in (("unchanged", unchanged), ("changed", changed)):
            bench.figure(f"{name}: {cost['packets']:.1f} packets, {cost['payload']:.0f} bytes of "
                         f"payload, {cost['ms']:.1f} ms per request")
        bench.check(unchanged["payload"] <= _UNCHANGED_BYTES,
                    f"{unchanged['payload']:.0f} bytes cross the wire for an unchanged request")
        bench.check(changed["packets"] > 0, "no copy was made on the other host")


def _cost(wire, browsers, hosts, request):
    """Means over all sessions and both hosts."""
    _quiet(wire)
    packets, size = wire.crossed()
    seconds = []
    for browser in browsers:
        for host in hosts:
            page = request(browser, host.name)
            assert not page.error, page.error
            seconds.append(page.seconds)
    _quiet(wire)
    after = wire.crossed()
    packets, size = after[0] - packets, after[1] - size
    return {"packets": packets / len(seconds),
            "payload": (size - packets * _HEADERS) / len(seconds),
            "ms": 1000 * sum(seconds) / len(seconds)}


def _quiet(wire):
    """Until nothing is on its way any more: two looks with several delays between are alike."""
    last = [None, 0]

    def condition():
        now = wire.crossed()
        last[1] = last[1] + 1 if now == last[0] else 0
        last[0] = now
        return last[1] >= 10
    wait_until(condition, "silence on the wire", 10)
