"""`watchbell serve`: the desk, the public ad library and the TAXII server, on this machine."""

import ipaddress
import socket
from contextlib import closing
from typing import Annotated

import typer
import uvicorn

from watchbell.cli.options import WorkspaceOption, open_workspace
from watchbell.errors import UsageError
from watchbell.vault.workspace import Workspace
from watchbell.web.app import create_app

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8765,
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy",
            help="A proxy in front ends TLS and passes Host on. Without this, only this machine connects.",
        ),
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Serve the desk, the public ad library and TAXII 2.1 for partners (at /taxii2/) until Ctrl-C.

    Passwords must not cross a network in the clear, so the desk listens at a loopback address. To open it to others,
    put a proxy with TLS in front and say `--behind-proxy`: then any --host is allowed and cookies need https.
    """
    with open_workspace(workspace) as opened:
        run_server(opened, host, port, behind_proxy=behind_proxy)


def run_server(workspace: Workspace, host: str, port: int, *, behind_proxy: bool = False) -> None:
    """Print the address and serve `workspace` there until the process is told to stop.

    Raises:
        UsageError: the address is taken, is none of this machine, or is open to others without a proxy.
    """
    if not behind_proxy and not _is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines, and passwords would cross the network in the clear. "
            "Use --host 127.0.0.1, or put a proxy with TLS in front and say --behind-proxy."
        )
    with closing(_listener(host, port)) as listener:
        address = f"[{host}]" if ":" in host else host
        typer.echo(f"Serving {workspace.root} at http://{address}:{listener.getsockname()[1]}/ (Ctrl-C stops)")
        # No access log: addresses hold what people search for. No headers of the proxy are believed but Host.
        config = uvicorn.Config(
            create_app(workspace, https=behind_proxy, hosts=_hosts(workspace, host, behind_proxy=behind_proxy)),
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
        )
        uvicorn.Server(config).run(sockets=[listener])


def _hosts(workspace: Workspace, host: str, *, behind_proxy: bool) -> set[str] | None:
    """Return the names by which the server may be asked; None for any."""
    allowed = set(workspace.settings.allowed_hosts)
    if behind_proxy and not allowed:
        return None
    return {"localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host} | allowed


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
        # asyncio does this by itself only for sockets that it made; without it an answer in two pieces waits 40 ms for
        # the visitor's machine to confirm the first. Connections take it over from the listener.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        raise UsageError(f"Nothing can be served at {host}, port {port}: {error.strerror}. Choose another.") from error
    return listener
