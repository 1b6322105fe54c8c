"""Our TAXII client against a server of others: medallion, where `.venv-peers-medallion` has it."""

import json
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.taxii_server import T0, indicator
from watchbell.clock import system_clock
from watchbell.desk.partners import add_partner
from watchbell.desk.peers import add_peer, connection_to, peer_named, reach
from watchbell.desk.pulling import Pulled, pull
from watchbell.desk.pushing import Aim, Pushed, push
from watchbell.model.indicators import Indicator, IndicatorKind, indicator_id
from watchbell.model.partners import PartnerKind
from watchbell.model.peers import Peer
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

MEDALLION = Path(__file__).parents[2] / ".venv-peers-medallion" / "bin" / "medallion"
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
        pytest.skip("medallion is not installed in .venv-peers-medallion")
    objects = [indicator(f"d{number}.example") for number in range(250)]
    sighting = {"type": "sighting", "spec_version": "2.1", "created": T0, "modified": T0, "first_seen": T0}
    objects += [sighting | {"id": f"sighting--{uuid.uuid4()}", "sighting_of_ref": held["id"]} for held in objects[:30]]
    port = free_port()
    data, config = tmp_path / "data.json", tmp_path / "config.json"
    data.write_text(json.dumps(stored(port, objects)))
    backend = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": str(data)}
    users = {"admin": "Password0"}
    config.write_text(json.dumps({"backend": backend, "users": users, "taxii": {"max_page_size": 20}}))
    words = [MEDALLION, "--port", str(port), str(config)]
    log = (tmp_path / "log").open("w")
    with log, subprocess.Popen(words, stdout=log, stderr=log, env=os.environ | {"PYTHONPATH": ""}) as server:
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until and not answers(port):
                assert server.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/taxii2/"
        finally:
            server.terminate()


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def workspace(database_url: str, tmp_path: Path, medallion: str) -> Iterator[Workspace]:
    """A house on either database that has medallion as a peer."""
    root = tmp_path / "house"
    Workspace.create(root).close()
    settings = f'operator = "House"\npeer_networks = ["127.0.0.0/8"]\ndatabase_url = {json.dumps(database_url)}\n'
    (root / "watchbell.toml").write_text(settings)
    with Workspace.open(root) as opened:
        now = system_clock()
        whose = add_partner(opened.vault, "M", PartnerKind.RESEARCHER, Tlp.AMBER, operator="House", now=now).partner
        peer = Peer(name="m", url=medallion, partner_id=whose.id, username="admin")
        add_peer(opened, peer, "Password0", by="test", now=now)
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


def test_medallion_is_pulled_whole_and_pushed_to_once(workspace: Workspace) -> None:
    done = pulled(workspace)
    assert (done.problem, done.rejected, done.new, done.feedback) == (None, 0, 250, 30)
    again = pulled(workspace)
    assert (again.problem, again.new, workspace.vault.indicators.count()) == (None, 0, 250)
    assert again.objects < 50

    now = system_clock()
    ours = Indicator(
        id=indicator_id(IndicatorKind.DOMAIN, None, "ours.example", "House"),
        kind=IndicatorKind.DOMAIN,
        value="ours.example",
        published_as="ours.example",
        source="House",
        tlp=Tlp.GREEN,
        valid_from=now,
        created=now,
        modified=now,
    )
    workspace.vault.indicators.add([ours])
    told = pushed(workspace)
    assert (told.problem, told.refusals, told.taken) == (None, {}, 1)
    assert (pushed(workspace).taken, pushed(workspace).known) == (0, 1)
    # What we pushed comes back with the rest, and stays ours.
    assert pulled(workspace).problem is None
    kept = workspace.vault.indicators.get(ours.id)
    assert kept is not None
    assert kept.source == "House"
