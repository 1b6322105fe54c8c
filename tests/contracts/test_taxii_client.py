"""Our TAXII client against servers of others, where `make peers` has installed them: medallion and OpenTAXII."""

import json
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.taxii_server import T0, indicator
from watchbell.clock import system_clock
from watchbell.desk.exchange.partners import add_partner
from watchbell.desk.exchange.peers import add_peer, connection_to, peer_named, reach
from watchbell.desk.exchange.pulling import Pulled, pull
from watchbell.desk.exchange.pushing import Aim, Pushed, push
from watchbell.model.indicators import Indicator, IndicatorKind, indicator_id
from watchbell.model.partners import PartnerKind
from watchbell.model.peers import Peer
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

ROOT = Path(__file__).parents[2]
MEDALLION = ROOT / ".venv-peers-medallion" / "bin" / "medallion"
OPENTAXII = ROOT / ".venv-peers-opentaxii" / "bin" / "python"
COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
STIX = "application/stix+json;version=2.1"
TAXII = "application/taxii+json;version=2.1"


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port: int = server.getsockname()[1]
        return port


def stored(port: int, objects: list[dict[str, Any]]) -> dict[str, Any]:
    """Return medallion's file of a collection; ten objects share each moment at which they were added."""
    manifest = [
        {
            "id": held["id"],
            "date_added": f"2026-01-01T00:00:{number // 10:02}.000000Z",
            "version": held["modified"],
            "media_type": STIX,
        }
        for number, held in enumerate(objects)
    ]
    root = f"http://127.0.0.1:{port}/api/"
    collection = {"id": COLLECTION, "title": "All", "can_read": True, "can_write": True, "media_types": [STIX]}
    information = {"title": "Root", "versions": [TAXII], "max_content_length": 9_765_625}
    held = {"objects": objects, "manifest": manifest}
    return {
        "/discovery": {"title": "medallion", "default": root, "api_roots": [root]},
        "api": {"information": information, "status": [], "collections": [collection | held]},
    }


@pytest.fixture
def medallion(tmp_path: Path) -> Iterator[str]:
    """medallion with 250 indicators and a sighting of each of the first 30, 20 objects to a page."""
    if not MEDALLION.exists():
        pytest.skip("medallion is not installed in .venv-peers-medallion: make peers")
    objects = [indicator(f"d{number}.example") for number in range(250)]
    sighting = {"type": "sighting", "spec_version": "2.1", "created": T0, "modified": T0, "first_seen": T0}
    objects += [sighting | {"id": f"sighting--{uuid.uuid4()}", "sighting_of_ref": held["id"]} for held in objects[:30]]
    port = free_port()
    data, config = tmp_path / "data.json", tmp_path / "config.json"
    data.write_text(json.dumps(stored(port, objects)))
    backend = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": str(data)}
    users = {"admin": "Password0"}
    config.write_text(json.dumps({"backend": backend, "users": users, "taxii": {"max_page_size": 20}}))
    with serving([MEDALLION, "--port", port, config], port, tmp_path / "log"):
        yield f"http://127.0.0.1:{port}/taxii2/"


@pytest.fixture
def opentaxii(tmp_path: Path) -> Iterator[str]:
    """OpenTAXII with one empty collection."""
    if not OPENTAXII.exists():
        pytest.skip("OpenTAXII is not installed in .venv-peers-opentaxii: make peers")
    port, folder = free_port(), tmp_path / "opentaxii"
    folder.mkdir()
    words = [OPENTAXII, ROOT / "benchmarks" / "opentaxii_server.py", folder, port, "admin", "Password0"]
    with serving(words, port, tmp_path / "log"):
        yield f"http://127.0.0.1:{port}/taxii2/"


@contextmanager
def serving(words: Sequence[object], port: int, log: Path) -> Iterator[None]:
    """Run a server of others until the test ends."""
    with log.open("w") as told, subprocess.Popen(list(map(str, words)), stdout=told, stderr=told) as server:
        try:
            until = time.monotonic() + 60
            while not answers(port):
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < until
                time.sleep(0.1)
            yield
        finally:
            server.terminate()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@contextmanager
def house(root: Path, url: str, database_url: str | None = None) -> Iterator[Workspace]:
    """Open a new house that has the server at `url` as a peer."""
    Workspace.create(root).close()
    settings = 'operator = "House"\npeer_networks = ["127.0.0.0/8"]\n'
    settings += "" if database_url is None else f"database_url = {json.dumps(database_url)}\n"
    (root / "watchbell.toml").write_text(settings)
    with Workspace.open(root) as opened:
        now = system_clock()
        whose = add_partner(opened.vault, "M", PartnerKind.RESEARCHER, Tlp.AMBER, operator="House", now=now).partner
        peer = Peer(name="m", url=url, partner_id=whose.id, username="admin")
        add_peer(opened, peer, "Password0", by="test", now=now)
        yield opened


@pytest.fixture
def workspace(database_url: str, tmp_path: Path, medallion: str) -> Iterator[Workspace]:
    """A house on either database that has medallion as a peer."""
    with house(tmp_path / "house", medallion, database_url) as opened:
        yield opened


def pulled(workspace: Workspace) -> Pulled:
    peer = peer_named(workspace.vault, "m")
    with connection_to(workspace, peer) as connection:
        [done] = pull(workspace, peer, reach(connection, peer), named=(), clock=system_clock)
    return done


def pushed(workspace: Workspace) -> Pushed:
    peer = peer_named(workspace.vault, "m")
    with connection_to(workspace, peer) as connection:
        return push(workspace, peer, reach(connection, peer), Aim(None, Tlp.GREEN, "test"), system_clock)


def domain(value: str) -> Indicator:
    """Return a domain that the house itself publishes."""
    now = system_clock()
    return Indicator(
        id=indicator_id(IndicatorKind.DOMAIN, None, value, "House"),
        kind=IndicatorKind.DOMAIN,
        value=value,
        published_as=value,
        source="House",
        tlp=Tlp.GREEN,
        valid_from=now,
        created=now,
        modified=now,
    )


def test_medallion_is_pulled_whole_and_pushed_to_once(workspace: Workspace) -> None:
    done = pulled(workspace)
    assert (done.problem, done.rejected, done.new, done.feedback) == (None, 0, 250, 30)
    again = pulled(workspace)
    assert (again.problem, again.new, workspace.vault.indicators.count()) == (None, 0, 250)
    assert again.objects < 50

    ours = domain("ours.example")
    workspace.vault.indicators.add([ours])
    told = pushed(workspace)
    assert (told.problem, told.refusals, told.taken) == (None, {}, 1)
    assert (pushed(workspace).taken, pushed(workspace).known) == (0, 1)
    # What we pushed comes back with the rest, and stays ours.
    assert pulled(workspace).problem is None
    kept = workspace.vault.indicators.get(ours.id)
    assert kept is not None
    assert kept.source == "House"


def test_what_one_house_pushes_to_opentaxii_another_pulls(opentaxii: str, tmp_path: Path) -> None:
    with ExitStack() as open_houses:
        one, other = (open_houses.enter_context(house(tmp_path / name, opentaxii)) for name in "ab")
        one.vault.indicators.add([domain(f"d{number}.example") for number in range(30)])
        told = pushed(one)
        assert (told.problem, told.refusals, told.taken) == (None, {}, 30)
        done = pulled(other)
        assert (done.problem, done.rejected, done.new) == (None, 0, 30)
        assert {held.tlp for held in other.vault.indicators.all()} == {Tlp.GREEN}
        assert pulled(other).new == 0
