# SPDX-License-Identifier: BSD-3-Clause
"""What a visitor can bring into the headers of a response."""

import http.client
import json

from .bench import case


def _get(lab, path):
    connection = http.client.HTTPConnection("127.0.0.1", lab.balancer.port, timeout=30)
    connection.request("GET", path, headers={"Accept": "application/json"})
    answer = connection.getresponse()
    return answer.getheaders(), answer.read().decode()


@case(short=True)
def a_url_cannot_split_the_response(bench):
    """The session's cookie gets its path from the URL, and the URL holds a line break."""
    with bench.lab() as lab:
        headers, body = _get(lab, "/place.php/folder/page")
        cookies = [value for name, value in headers if name == "Set-Cookie"]
        bench.check(len(cookies) == 2 and all("path=/place.php/folder" in c for c in cookies),
                    f"the folder is not in the cookies: {headers}")
        for attack in ("%0d%0aSet-Cookie:%20evil=1%0d%0aX-Rest:%20", "%0aevil:%201%0aX-Rest:%20",
                       "%0d%0a%0d%0aevil", ";%20evil=1;"):
            headers, body = _get(lab, f"/place.php/folder{attack}/page")
            # Text without a line break is PHP's own affair in its own cookie.
            others = [h for h in headers if not h[1].startswith("PHPSESSID=")]
            bench.check("evil" not in repr(others), f"{attack} is in the headers: {headers}")
            folder = json.loads(body)["folder"]  # the body is the page and nothing else
            bench.check("evil" in folder, f"{attack} did not reach the page: {folder}")
