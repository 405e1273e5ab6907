"""nginx with the very files of ``deploy/nginx``, on ports and in a folder of its own."""

from __future__ import annotations

import os
import pwd
import re
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.deploy.nginx import ensure_nginx
from tests.servers import ROOT, free_port

NGINX_FILES = ROOT / "deploy" / "nginx"
NAME = "topics.example.org"
SECRET = "the-secret-of-the-proxy-under-test"


class Answer:
    """One HTTP answer, read to its end; ``headers`` by lower-case name, ``cookies`` as they were set."""

    def __init__(self, response: object) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.cookies = [value for name, value in response.getheaders() if name.lower() == "set-cookie"]
        self.body = response.read()

    @property
    def replica(self) -> str | None:
        """The replica that the proxy's cookie names, if it was set."""
        found = [re.match(r"topic_explorer_replica=(\d)", cookie) for cookie in self.cookies]
        return next((match[1] for match in found if match), None)


@dataclass
class Proxy:
    """A running nginx and how to ask it."""

    folder: Path
    port: int
    plain_port: int

    @property
    def trust(self) -> ssl.SSLContext:
        """Believes the certificate of the test and no other."""
        return ssl.create_default_context(cafile=str(self.folder / "tls" / "fullchain.pem"))

    def ask(
        self,
        path: str,
        headers: dict[str, str] | None = None,
        *,
        method: str = "GET",
        body: bytes | None = None,
    ) -> Answer:
        """Ask for ``path`` exactly as written, as somebody who looked up `NAME`."""
        connection = self.connection()
        try:
            connection.request(method, path, body=body, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def connection(self, source: str = "127.0.0.1") -> HTTPSConnection:
        """A line to the proxy under its name, from one of this machine's own addresses."""
        return _Connection(self, source)

    def access_log(self) -> str:
        """What the proxy wrote of its requests."""
        return (self.folder / "access.log").read_text(encoding="utf-8")


class _Connection(HTTPSConnection):
    """A connection to the proxy under the name of its certificate."""

    def __init__(self, proxy: Proxy, source: str) -> None:
        super().__init__(NAME, context=proxy.trust, timeout=20)
        self._port, self._source, self._trust = proxy.port, source, proxy.trust

    def connect(self) -> None:
        raw = socket.create_connection(("127.0.0.1", self._port), self.timeout, (self._source, 0))
        self.sock = self._trust.wrap_socket(raw, server_hostname=NAME)


@contextmanager
def proxying(ports: tuple[int, int], sign_in: str = "") -> Iterator[Proxy]:
    """nginx before replicas on two ports of this machine; ``sign_in`` is what ``/etc/topic-explorer/sign-in/`` holds.

    Nothing of the files is changed but ports, places, and the user it runs as.
    """
    with tempfile.TemporaryDirectory() as name:  # not one of pytest's, which are for their owner only
        proxy = Proxy(Path(name), free_port(), free_port())
        _write_files(proxy, ports, sign_in)
        process = _start(proxy.folder)
        try:
            _wait_for(proxy, process)
            yield proxy
        finally:
            process.terminate()
            process.wait(timeout=20)


def _write_files(proxy: Proxy, ports: tuple[int, int], sign_in: str) -> None:
    folder = proxy.folder
    _write_certificate(folder / "tls")
    for name in ("conf.d", "secrets", "sign-in"):
        (folder / name).mkdir()
    (folder / "secrets" / "proxy-secret.conf").write_text(f'proxy_set_header X-Topic-Explorer-Proxy "{SECRET}";\n')
    (folder / "sign-in" / "site.conf").write_text(sign_in)
    for name, target in (("nginx.conf", "."), ("topic-explorer.conf", "conf.d"), ("replicas.conf", "conf.d")):
        text = (NGINX_FILES / name).read_text(encoding="utf-8")
        (folder / target / name).write_text(_placed(text, proxy, ports), encoding="utf-8")


def _start(folder: Path) -> subprocess.Popen[bytes]:
    command = [ensure_nginx(), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    with (folder / "nginx.log").open("wb") as output:
        return subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, **_ordinary_user(folder))


def _placed(text: str, proxy: Proxy, ports: tuple[int, int]) -> str:
    folder = proxy.folder
    places = {
        "listen 443": f"listen 127.0.0.1:{proxy.port}",
        "listen 80": f"listen 127.0.0.1:{proxy.plain_port}",
        ":8501": f":{ports[0]}",
        ":8502": f":{ports[1]}",
        "/etc/nginx/conf.d": f"{folder}/conf.d",
        "/etc/topic-explorer": f"{folder}",
        "/tmp/": f"{folder}/",
        "/var/log/nginx": f"{folder}",
    }
    return re.sub("|".join(map(re.escape, places)), lambda found: places[found[0]], text)


def _ordinary_user(folder: Path) -> dict[str, object]:
    """Root starts it as nobody: the configuration must do without root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _write_certificate(folder: Path) -> None:
    """A key and a certificate of our own making for `NAME`, valid for an hour."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _wait_for(proxy: Proxy, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", proxy.port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nginx did not start:\n{(proxy.folder / 'nginx.log').read_text(errors='replace')}")
