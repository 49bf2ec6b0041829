"""The reference behind nginx, as banks deploy: nginx ends mTLS and knows PayNet by its certificate's fingerprint."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from grp import getgrgid
from pathlib import Path
from pwd import getpwuid

from conformance import keys
from conformance.reference.process import RunningReference
from tests.support.ports import free_port

PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

_CONFIGURATION = """
user {user} {group};
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header Connection "";
  proxy_redirect https://localhost:{inner_pages}/ https://localhost:{pages}/;

  server {{
    listen 127.0.0.1:{webhooks} ssl;
    server_name localhost;
    ssl_certificate {server};
    ssl_certificate_key {server_key};
    ssl_client_certificate {ca};
    ssl_verify_client on;
    location / {{
      if ($ssl_client_fingerprint != {fingerprint}) {{ return 403; }}
      proxy_pass https://127.0.0.1:{inner_webhooks};
      proxy_ssl_certificate {paynet};
      proxy_ssl_certificate_key {paynet_key};
    }}
  }}
  server {{
    listen 127.0.0.1:{pages} ssl;
    server_name localhost;
    ssl_certificate {page_server};
    ssl_certificate_key {page_server_key};
    location / {{ proxy_pass https://127.0.0.1:{inner_pages}; }}
  }}
}}
"""


@contextmanager
def in_front_of(reference: RunningReference, layout: keys.Layout, folder: Path) -> Iterator[str]:
    """Nginx before a running reference; yields the webhooks' URL."""
    assert PROGRAM
    webhooks, pages = free_port(), free_port()
    certificate = ssl.PEM_cert_to_DER_cert(layout.certificate("paynet-tls").read_text())
    (folder / "nginx.conf").write_text(
        _CONFIGURATION.format(
            folder=folder,
            user=getpwuid(os.getuid()).pw_name,  # its workers have to enter a folder that is ours alone
            group=getgrgid(os.getgid()).gr_name,
            webhooks=webhooks,
            pages=pages,
            inner_webhooks=reference.rs_url.rpartition(":")[2],
            inner_pages=reference.pages_url.rpartition(":")[2],
            server=layout.certificate("dp/server-tls"),
            server_key=layout.key("dp/server-tls"),
            page_server=layout.certificate("dp/pages-tls"),
            page_server_key=layout.key("dp/pages-tls"),
            ca=layout.certificate("ca"),
            paynet=layout.certificate("paynet-tls"),
            paynet_key=layout.key("paynet-tls"),
            # nginx knows a certificate by its SHA-1
            fingerprint=hashlib.sha1(certificate, usedforsecurity=False).hexdigest(),
        )
    )
    with ExitStack() as closing:
        process = subprocess.Popen([PROGRAM, "-p", str(folder), "-c", "nginx.conf", "-e", str(folder / "error.log")])
        closing.callback(process.wait, 10)
        closing.callback(process.terminate)
        _wait_for(webhooks, process)
        yield f"https://localhost:{webhooks}"


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx did not start")
