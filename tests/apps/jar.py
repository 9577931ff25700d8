# SPDX-License-Identifier: BSD-3-Clause
"""A browser as far as applications need one: redirects, forms, and a jar that goes by the name,
domain and path of each cookie."""

import html
import http.client
import http.cookiejar
import re
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

_REDIRECTS = 12
_TIMEOUT_S = 60


@dataclass
class Answer:
    """The last page of a chain of redirects. `tokens`: the freshness tokens that came on the way;
    `repeated`: those of them that the browser had, without a session's cookie that they follow."""

    url: str
    status: int
    text: str
    tokens: list = field(default_factory=list)
    repeated: list = field(default_factory=list)
    upstreams: list = field(default_factory=list)

    def field(self, name):
        """The value of a hidden field, or ""."""
        for tag in re.findall(r"<input[^>]*>", self.text):
            attributes = dict((key, html.unescape(value)) for key, value in
                              re.findall(r"""([a-zA-Z_-]+)=["']([^"']*)["']""", tag))
            if attributes.get("name") == name:
                return attributes.get("value", "")
        return ""


class Jar:
    def __init__(self, port):
        self.base = f"http://localhost:{port}"
        self.cookies = http.cookiejar.CookieJar()

    def get(self, path):
        return self._chain(urllib.parse.urljoin(self.base, path), None)

    def post(self, path, **form):
        return self._chain(urllib.parse.urljoin(self.base, path), form)

    def copy(self):
        """Another browser that has stolen all cookies of this one."""
        other = Jar(0)
        other.base = self.base
        for cookie in self.cookies:
            other.cookies.set_cookie(cookie)
        return other

    def keep(self, name, value, path):
        """A cookie that this browser has from elsewhere."""
        self.cookies.set_cookie(http.cookiejar.Cookie(
            0, name, value, None, False, "localhost.local", False, False, path, True, False, None,
            True, None, None, {}))

    def _chain(self, url, form):
        answer = Answer(url, 0, "")
        for _ in range(_REDIRECTS):
            had = {(cookie.name, cookie.value) for cookie in self.cookies}
            response, body = self._ask(url, form)
            sent = _cookies(response)
            answer.tokens += [cookie for cookie in sent if cookie[0].endswith("_V")]
            answer.repeated += [cookie for cookie in had & sent if cookie[0].endswith("_V")
                                and cookie[0].removesuffix("_V") not in dict(sent)]
            answer.upstreams.append(response.headers.get("X-Upstream", ""))
            answer.url, answer.status, answer.text = url, response.status, body
            target = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307) or not target:
                break
            url, form = urllib.parse.urljoin(url, target), form if response.status == 307 else None
        return answer

    def _ask(self, url, form):
        body = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(url, data=body)
        self.cookies.add_cookie_header(request)
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=_TIMEOUT_S)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {**dict(request.header_items()), "Host": parts.netloc,
                   "User-Agent": "Mozilla/5.0 (tour)"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(request.get_method(), target, body=request.data, headers=headers)
        response = connection.getresponse()
        body = response.read().decode("utf-8", "replace")
        self.cookies.extract_cookies(response, request)
        connection.close()
        return response, body


def _cookies(response):
    """(name, value) of each cookie that it sets."""
    lines = response.headers.get_all("Set-Cookie") or []
    pairs = (line.partition(";")[0].partition("=") for line in lines)
    return {(name, value) for name, _, value in pairs}
