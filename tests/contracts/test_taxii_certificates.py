"""Mutual TLS: a partner's machine is let in with its client certificate, which the proxy in front has seen."""

import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.taxii_server import House, serving
from tests.unit.desk.exchange.test_outgoing import certificate
from watchbell.clock import system_clock
from watchbell.desk.exchange.partners import add_machine, bind_certificate, revoke
from watchbell.exchange.taxii import MEDIA_TYPE
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

HEADER = "X-Client-Certificate"


@contextmanager
def proxy(house: House, own: Path, clients: Path) -> Iterator[str]:
    """End TLS in front of a house as nginx does, asking for a certificate, and pass on the one that was shown."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            connection = self.connection
            assert isinstance(connection, ssl.SSLSocket)
            shown = connection.getpeercert(binary_form=True)
            # What comes in under the header's name is taken away, and the host is the one behind the proxy.
            given = {name: self.headers[name] for name in self.headers if name.lower() not in (HEADER.lower(), "host")}
            if shown is not None:
                given[HEADER] = quote(ssl.DER_cert_to_PEM_cert(shown))
            answer = httpx.get(f"{house.url}{self.path}", headers=given)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["content-type"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_args: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(clients)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}/taxii2/api/collections/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    root = tmp_path / "house"
    Workspace.create(root).close()
    settings = {"client_certificate_header": HEADER}
    settings |= {} if database_url.startswith("sqlite") else {"database_url": database_url}
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    (root / "watchbell.toml").write_text(lines, "utf-8")
    with Workspace.open(root) as workspace, serving(workspace) as opened:
        yield opened


def test_a_machine_is_let_in_with_its_certificate_and_no_other(house: House, tmp_path: Path) -> None:
    vault, now = house.workspace.vault, system_clock()
    own, theirs, other = (certificate(tmp_path / f"{name}.pem", "127.0.0.1") for name in ("own", "theirs", "other"))
    known = tmp_path / "clients.pem"
    known.write_bytes(theirs.read_bytes() + other.read_bytes())
    machine = add_machine(vault, house.partners[Tlp.GREEN].partner, now=now)
    der = ssl.PEM_cert_to_DER_cert(theirs.read_text().split("-----BEGIN PRIVATE")[0])
    bind_certificate(vault, machine.account.username, hashlib.sha256(der).hexdigest(), now)

    def asked(url: str, shown: Path | None, **headers: str) -> int:
        context = ssl.create_default_context(cafile=str(own))
        if shown is not None:
            context.load_cert_chain(shown)
        return httpx.get(url, headers={"accept": MEDIA_TYPE} | headers, verify=context).status_code

    token = {"authorization": f"Bearer {machine.token}"}
    forged = {HEADER: quote(ssl.DER_cert_to_PEM_cert(der))}
    with proxy(house, own, known) as url:
        assert asked(url, theirs) == 200
        assert asked(url, theirs, **token) == 200
        assert asked(url, other) == 401
        assert asked(url, other, **token) == 401
        assert asked(url, None, **token) == 401
        assert asked(url, None, **forged) == 401
        revoke(vault, machine.account.username, now)
        assert asked(url, theirs) == 401
