"""What every test may use."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of large real data that the project does not ship; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("WATCHBELL_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"the large real data is not at {folder}; set WATCHBELL_SHARED to its folder to run this test")
    return folder


def _is_loopback(host: object) -> bool:
    try:
        return host in (None, "", "localhost") or ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _refuse_unless_loopback(host: object) -> None:
    if not _is_loopback(host):
        raise RuntimeError(f"a test reached for {host!r}: tests talk to this machine only")


def _guarded(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    def connect_on_loopback(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_unless_loopback(address[0])
        return connect(self, address)

    return connect_on_loopback


def _guarded_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
    _refuse_unless_loopback(host.decode() if isinstance(host, bytes) else host)
    return _getaddrinfo(host, *args, **kwargs)


_getaddrinfo = socket.getaddrinfo


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse this process every connection and name look-up but to itself; the browser and PostgreSQL are others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup)
        yield


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session on two cores of this machine, which all tests share: it takes seconds to start."""
    if shutil.which("java") is None:
        pytest.skip("no Java is installed here; on Debian: apt-get install default-jre-headless")
    pytest.importorskip("pyspark", reason="the extra is not installed: pip install 'watchbell[spark]'")
    from watchbell.engine.spark import spark_session  # noqa: PLC0415  # most tests need no Spark

    with spark_session("local[2]") as session:
        yield session
