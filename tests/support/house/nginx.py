"""nginx as `anka serve --write-units` writes it, on free ports, with a certificate made for the test."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows.serving.units import nginx_example

HOST = "anka.office"
HAS_NGINX = bool(shutil.which("nginx") and shutil.which("openssl"))


@dataclass(frozen=True)
class Front:
    """Where it answers, and the certificate it shows."""

    http: int
    https: int
    certificate: Path

    def trust(self) -> ssl.SSLContext:
        """What a browser of the office trusts."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def connect(self) -> socket.socket:
        """A connection to where https is spoken."""
        return socket.create_connection(("127.0.0.1", self.https), timeout=60)


def free_ports(count: int) -> list[int]:
    """Ports of this machine on which nothing listens."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(probe.getsockname()[1]) for probe in probes]


@contextmanager
def in_front(folder: Path, dashboard_port: int) -> Iterator[Front]:
    """nginx before a dashboard; only its ports and the places of its files are not those that are written."""
    http, https = free_ports(2)
    front = Front(http, https, folder / "anka.crt")
    _make_certificate(folder)
    written = nginx_example(HOST, dashboard_port)
    for words, here in (
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{https} ssl;"),
        ("/etc/anka", str(folder)),
    ):
        assert words in written
        written = written.replace(words, here)
    shutil.copy(Path(__file__).parents[3] / "flows" / "serving" / "written" / "anka-maintenance.html", folder)
    places = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; user root; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {places}\n{written}\n}}\n",
        encoding="utf-8",
    )
    server = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        yield front
    finally:
        server.terminate()
        server.wait(20)


def _make_certificate(folder: Path) -> None:
    made = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={HOST} -addext subjectAltName=DNS:{HOST}".split()
    command = ["openssl", *made, "-keyout", str(folder / "anka.key"), "-out", str(folder / "anka.crt")]
    subprocess.run(command, check=True, capture_output=True)
