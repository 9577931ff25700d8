# SPDX-License-Identifier: BSD-3-Clause
"""nginx in plain round robin, with no stickiness, in front of the hosts."""

import os
import signal
import socket

_CONFIG = """daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/nginx.log warn;
{user}events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {directory}/nginx-body;
    fastcgi_temp_path {directory}/nginx-fastcgi;
    proxy_temp_path {directory}/nginx-proxy;
    uwsgi_temp_path {directory}/nginx-uwsgi;
    scgi_temp_path {directory}/nginx-scgi;
    fastcgi_cache_path {directory}/nginx-cache keys_zone=pages:1m;
    # max_fails=0: a page that a fault test makes fail must not take its host out of the rotation.
    upstream site {{
{servers}    }}
    server {{
        listen 127.0.0.1:{port};
        root {site};
        fastcgi_read_timeout 60s;
        fastcgi_buffering off;
        location = / {{ return 302 /cart.php; }}
{direct}        location ~ (?s)^(?<page>/[a-z]+\\.php)(?<info>/.*)?$ {{
            include {parameters};
            fastcgi_pass site;
        }}
        # Kept for one visitor at a time, as nginx keeps pages: none that sets a cookie.
        location = /public.php {{
            set $page /public.php;
            set $info "";
            include {parameters};
            fastcgi_cache pages;
            fastcgi_cache_key $request_uri$cookie_PHPSESSID;
            fastcgi_cache_valid 200 60s;
            fastcgi_buffering on;
            add_header X-Cache $upstream_cache_status;
            fastcgi_pass site;
        }}
        # An application with folders of its own, if the site has one.
        location /app/ {{
            index index.php index.html;
            add_header X-Upstream $upstream_addr;
            location ~ (?s)^(?<page>/app/.*?\\.php)(?<info>/.*)?$ {{
                include {parameters};
                fastcgi_param HTTP_HOST $http_host;
                fastcgi_param SERVER_NAME localhost;
                fastcgi_param SERVER_PORT {port};
                fastcgi_pass site;
            }}
        }}
    }}
}}
"""

# fastcgi_param of an outer level is not inherited by a level that has its own.
_PARAMETERS = """fastcgi_param SCRIPT_FILENAME {site}$page;
fastcgi_param SCRIPT_NAME $page;
fastcgi_param PATH_INFO $info;
fastcgi_param QUERY_STRING $query_string;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
fastcgi_param REQUEST_URI $request_uri;
fastcgi_param SERVER_PROTOCOL $server_protocol;
fastcgi_param REMOTE_ADDR $remote_addr;
"""

_DIRECT = """        location ~ (?s)^/{name}(?<page>/[a-z]+\\.php)(?<info>/.*)?$ {{
            include {parameters};
            fastcgi_pass {address}:{port};
        }}
"""


class Balancer:
    """/PAGE.php goes to the next host in turn, /webN/PAGE.php to host N.

    It runs where it reaches all hosts, and is reached at 127.0.0.1 of the machine: the listening
    socket is made here and inherited, which nginx supports for its binary upgrades (variable
    NGINX).
    """

    def __init__(self, run, network, hosts, site):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        self._run = run
        self._network = network
        self._hosts = hosts
        self._site = site

    def start(self):
        config = self._run.directory / "nginx.conf"
        self._write_config(config)
        self._parameters().write_text(_PARAMETERS.format(site=self._site))
        descriptor = self._listener.fileno()
        command = self._network.command(
            0, ["nginx", "-p", str(self._run.directory), "-c", str(config),
                "-e", str(self._run.directory / "nginx.log")])
        self._process = self._run.spawn("nginx", command, pass_fds=(descriptor,),
                                        env={**os.environ, "NGINX": f"{descriptor};"})
        self._listener.close()

    def serve(self, hosts):
        """From now on these hosts have their turns; pages under way are finished."""
        self._hosts = hosts
        self._write_config(self._run.directory / "nginx.conf")
        os.kill(self._process.pid, signal.SIGHUP)

    def _write_config(self, config):
        config.write_text(self._config())

    def _parameters(self):
        return self._run.directory / "fastcgi-parameters"

    def _config(self):
        servers = "".join(f"        server {host.address}:{host.port} max_fails=0;\n"
                          for host in self._hosts)
        direct = "".join(_DIRECT.format(name=host.name, parameters=self._parameters(),
                                        address=host.address, port=host.port)
                         for host in self._hosts)
        return _CONFIG.format(
            directory=self._run.directory, site=self._site, port=self.port, servers=servers,
            direct=direct, parameters=self._parameters(), user="user www-data;\n" if os.geteuid() == 0 else "")
