# SPDX-License-Identifier: BSD-3-Clause
"""Headless Chromium in the place of the jar: it keeps cookies, follows redirects and runs the
pages' scripts by its own rules. Spoken to by WebDriver."""

import http.client
import json
import urllib.parse

from lab import wait_until

from jar import Answer, Jar

_TIMEOUT_S = 60
_SUBMIT = """
const form = document.createElement('form');
form.method = 'post';
form.action = arguments[0];
for (const [name, value] of Object.entries(arguments[1])) {
    const field = document.createElement('input');
    field.name = name;
    field.value = value;
    form.append(field);
}
document.body.append(form);
HTMLFormElement.prototype.submit.call(form);
"""
_IS_THERE = "return window.isLeft === undefined && document.readyState === 'complete';"


class Chromium:
    """As the jar, for one window. Ends with the lab, which has started its driver."""

    def __init__(self, lab):
        self._jar = Jar(lab.balancer.port)
        self._port = lab.free_port()
        lab.run.spawn("chromedriver", ["chromedriver", f"--port={self._port}"])
        wait_until(lambda: self._ask("GET", "/status")["ready"], "chromedriver", 30)
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu"]}
        made = self._ask("POST", "/session",
                         capabilities={"alwaysMatch": {"goog:chromeOptions": options}})
        self._session = f"/session/{made['sessionId']}"

    def get(self, path):
        return self._load(lambda: self._do("url", url=urllib.parse.urljoin(self._jar.base, path)))

    def post(self, path, **form):
        if self._do("url", "GET").startswith("data:"):
            self.get("/status.php")  # a page of the site, so that the form is of the site as well
        url = urllib.parse.urljoin(self._jar.base, path)
        fields = {name: str(value) for name, value in form.items()}
        return self._load(lambda: self._submit(url, fields))

    def leave(self):
        self._ask("DELETE", self._session)

    def devtools(self, command, **parameters):
        """One command of the developer tools, such as another size of the screen."""
        return self._do("goog/cdp/execute", cmd=command, params=parameters)

    def evaluate(self, expression):
        return self._do("execute/sync", script=f"return {expression};", args=[])

    def copy(self):
        """A jar with all cookies of this window."""
        copied = Jar(int(self._jar.base.rpartition(":")[2]))
        for cookie in self._cookies():
            copied.keep(cookie["name"], cookie["value"], cookie["path"])
        return copied

    def _submit(self, url, fields):
        self._do("execute/sync", script="window.isLeft = false;", args=[])
        self._do("execute/sync", script=_SUBMIT, args=[url, fields])
        wait_until(lambda: self._do("execute/sync", script=_IS_THERE, args=[]), "the page",
                   _TIMEOUT_S)

    def _load(self, action):
        before = self._tokens()
        action()
        return Answer(self._do("url", "GET"), 200, self._do("source", "GET"),
                      sorted(self._tokens() - before), [], [""])

    def _tokens(self):
        return {(cookie["name"], cookie["value"]) for cookie in self._cookies()
                if cookie["name"].endswith("_V")}

    def _cookies(self):
        return self._do("cookie", "GET")

    def _do(self, what, method="POST", **body):
        return self._ask(method, f"{self._session}/{what}", **body)

    def _ask(self, method, path, **body):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_S)
        connection.request(method, path, body=json.dumps(body) if method == "POST" else None,
                           headers={"Content-Type": "application/json"})
        value = json.loads(connection.getresponse().read())["value"]
        connection.close()
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{path}: {value['error']}: {value['message'][:300]}")
        return value
