"""Requests to partners' servers over TLS: whose certificate is believed, and which of ours is shown."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from watchbell.desk.exchange.outgoing import Connection, networks_named
from watchbell.errors import PeerError, UsageError
from watchbell.model.peers import Peer

LOOPBACK = networks_named(["127.0.0.0/8", "::1/128"])


def certificate(file: Path, *hosts: str) -> Path:
    """Write a certificate that signs itself, with its key, for these hosts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"The house {file.stem}")])
    names: list[x509.GeneralName] = [
        x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host) for host in hosts
    ]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return file


@contextmanager
def serving(own: Path, clients: Path | None = None) -> Iterator[int]:
    """Serve over TLS on loopback; with `clients`, only to whoever shows that certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"{self.headers['host']} {self.headers['authorization']}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # refused handshakes are meant
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def asked(url: str, *, authority: Path | None = None, own: Path | None = None) -> str:
    """Return what a server says when it is asked with a bearer token."""
    files = {"authority": authority and str(authority), "certificate": own and str(own)}
    with Connection(Peer(name="peer", url=url, partner_id="partner--1", **files), "t0ken", LOOPBACK) as connection:
        return connection.get(url).body.decode()


def test_the_name_is_verified_although_the_connection_goes_to_an_address(tmp_path: Path) -> None:
    house = certificate(tmp_path / "house.pem", "localhost")
    with serving(house) as port:
        assert asked(f"https://localhost:{port}/", authority=house) == f"localhost:{port} Bearer t0ken"
        with pytest.raises(PeerError, match="not valid for '127"):
            asked(f"https://127.0.0.1:{port}/", authority=house)
        with pytest.raises(PeerError, match="certificate verify failed"):
            asked(f"https://localhost:{port}/")


def test_a_client_certificate_is_shown_to_whoever_asks_for_it(tmp_path: Path) -> None:
    house, ours = certificate(tmp_path / "house.pem", "127.0.0.1"), certificate(tmp_path / "ours.pem", "127.0.0.1")
    with serving(house, clients=ours) as port:
        assert "t0ken" in asked(f"https://127.0.0.1:{port}/", authority=house, own=ours)
        with pytest.raises(PeerError):
            asked(f"https://127.0.0.1:{port}/", authority=house)


def test_certificates_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="certificates for peer"):
        asked("https://localhost/", authority=tmp_path / "absent.pem")
