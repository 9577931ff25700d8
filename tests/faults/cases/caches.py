# SPDX-License-Identifier: BSD-3-Clause
"""What a cache in front of the site makes of its pages."""

import http.client

from .bench import case


def _fetch(lab, browser, path):
    """The cache's word for how it came by the page, and the cookies that came with it."""
    connection = http.client.HTTPConnection("127.0.0.1", lab.balancer.port, timeout=30)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    connection.request("GET", path, headers={"Cookie": cookies})
    response = connection.getresponse()
    response.read()
    return response.getheader("X-Cache"), response.headers.get_all("Set-Cookie") or []


@case(short=True)
def a_page_that_changes_nothing_stays_cacheable(bench):
    """A public page that only reads its session sends no cookie, so that a cache keeps it."""
    with bench.lab() as lab:
        browser = lab.browser()
        browser.post("login.php", user="ada")
        for size in (100, 20_000):
            ways = []
            for _ in range(3):
                way, cookies = _fetch(lab, browser, f"/public.php?bytes={size}")
                bench.check(not cookies, f"a page of {size} bytes sends cookies: {cookies}")
                ways.append(way)
            bench.figure(f"{size} bytes: {', '.join(ways)}")
            bench.check(ways == ["MISS", "HIT", "HIT"], f"a page of {size} bytes: {ways}")
