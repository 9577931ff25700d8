# SPDX-License-Identifier: BSD-3-Clause
"""Secrets of the site that its pages must not be able to read."""

import tempfile

from .bench import case


@case(short=True)
def a_secret_that_only_the_master_can_read_reaches_its_workers(bench):
    """secret_file of mode 0600, owned by root: workers of another user have the secret."""
    with tempfile.NamedTemporaryFile("w", prefix="sessmirror-secret.") as file:
        file.write("a secret of many characters\n")
        file.flush()
        with bench.lab(ini={"sessmirror.secret_file": file.name}) as lab:
            browser = lab.browser()
            browser.post("login.php", user="ada")
            for host in lab.hosts:
                page = browser.get("cart.php", host.name)
                bench.check(not page.error and page.data["user"] == "ada",
                            f"{host.name}: {page.error or page.data}")
