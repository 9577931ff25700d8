# SPDX-License-Identifier: BSD-3-Clause
"""One visitor's browser: a cookie jar and nothing that hides an error."""

import http.client
import json
import time
import urllib.parse
from dataclasses import dataclass

TIMEOUT_S = 30


@dataclass(frozen=True)
class Page:
    """What came back. `data` is the page's own account of itself, None when there is none;
    `noise` is everything else that it printed, such as PHP's warnings."""

    name: str
    status: int  # 0: no answer at all
    data: dict | None
    noise: str
    seconds: float
    sent: float  # seconds of the monotonic clock

    @property
    def host(self):
        return (self.data or {}).get("host")

    @property
    def error(self):
        """What a visitor would call an error, or an empty string."""
        if self.status == 200 and self.data is not None and not self.noise:
            return ""
        return f"{self.name}: {self.status} {self.noise}".strip()


class Browser:
    def __init__(self, port):
        self._port = port
        self.cookies = {}

    @property
    def token(self):
        """The freshness token that goes out with the next request, if there is one."""
        return next((value for name, value in self.cookies.items() if name.endswith("_V")), None)

    def get(self, page, host=None):
        return self._fetch("GET", page, None, host)

    def post(self, page, host=None, **form):
        return self._fetch("POST", page, form, host)

    def fetch(self, page, host, form):
        return self.post(page, host, **form) if form else self.get(page, host)

    def _fetch(self, method, page, form, host):
        path = f"/{host}/{page}" if host else f"/{page}"
        start = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body=form and urllib.parse.urlencode(form),
                               headers=self._headers(form))
            response = connection.getresponse()
            body = response.read().decode("utf-8", "replace")
            self._keep_cookies(response)
            status = response.status
        except (OSError, http.client.HTTPException) as error:
            status, body = 0, repr(error)
        finally:
            connection.close()
        data, noise = _separate(body)
        return Page(path, status, data, noise, time.monotonic() - start, start)

    def _headers(self, form):
        headers = {"Accept": "application/json"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}"
                                          for name, value in self.cookies.items())
        return headers

    def _keep_cookies(self, response):
        for line in response.headers.get_all("Set-Cookie") or []:
            pair, *attributes = (part.strip() for part in line.split(";"))
            name, _, value = pair.partition("=")
            if any(attribute.lower() == "max-age=0" for attribute in attributes):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value


def _separate(body):
    """A page prints its account as one line of JSON; all other text is noise."""
    data, noise = None, []
    for line in body.splitlines():
        if data is None and line.startswith('{"host":'):
            try:
                data = json.loads(line)
                continue
            except ValueError:
                pass
        if line.strip():
            noise.append(line.strip())
    return data, " ".join(noise)[:500]
