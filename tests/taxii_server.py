"""A house that serves TAXII on loopback, with partners of several clearances, for the tests of the exchange."""

import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from watchbell.clock import system_clock
from watchbell.desk.exchange.partners import NewMachine, add_partner
from watchbell.desk.exchange.publishing import collection_id, open_collection
from watchbell.exchange.marking import marking_id
from watchbell.exchange.taxii import MEDIA_TYPE
from watchbell.model.collections import Collection
from watchbell.model.partners import PartnerKind
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace
from watchbell.web.app import create_app

T0 = "2026-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True)
class House:
    """The workspace, where it is served, and its partners by clearance."""

    workspace: Workspace
    url: str
    partners: dict[Tlp, NewMachine]

    @property
    def root(self) -> str:
        return f"{self.url}/taxii2/api/"

    def client(self, clearance: Tlp = Tlp.GREEN, **headers: str) -> httpx.Client:
        """Return the client of the partner with this clearance."""
        _, account, token = self.partners[clearance]
        given = {"accept": MEDIA_TYPE} | headers
        return httpx.Client(auth=(account.username, token), headers=given, base_url=self.root, timeout=60)

    def collection(self, alias: str) -> str:
        """Return the path of a collection below the API root."""
        found = self.workspace.vault.collections.get(alias)
        assert found
        return f"collections/{found.id}/"


def make(root: Path, database_url: str) -> Workspace:
    """Make a workspace whose records are in this database."""
    Workspace.create(root).close()
    if not database_url.startswith("sqlite"):
        (root / "watchbell.toml").write_text(f"database_url = {json.dumps(database_url)}\n", "utf-8")
    return Workspace.open(root)


@contextmanager
def serving(workspace: Workspace) -> Iterator[House]:
    """Serve a workspace with one partner of each of three clearances, and a collection of each kind of access."""
    vault, now = workspace.vault, system_clock()
    partners = {
        label: add_partner(vault, f"Partner {label}", PartnerKind.RESEARCHER, label, operator="House", now=now)
        for label in (Tlp.GREEN, Tlp.AMBER, Tlp.CLEAR)
    }
    for alias, offers, accepts in (("drop", False, True), ("closed", False, False)):
        kind = Collection(
            id=collection_id(alias), alias=alias, title=alias, tlp=Tlp.AMBER, offers=offers, accepts=accepts
        )
        open_collection(vault, kind, "Partners", now)
    config = uvicorn.Config(create_app(workspace), port=0, log_level="critical", ws="none", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield House(workspace, f"http://127.0.0.1:{port}", partners)
    finally:
        server.should_exit = True
        thread.join(10)


def indicator(value: str = "", tlp: Tlp | None = Tlp.GREEN, **changes: Any) -> dict[str, Any]:
    """Return a STIX indicator for a domain."""
    value = value or f"{uuid.uuid4().hex[:12]}.example"
    held = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid4()}",
        "created": T0,
        "modified": T0,
        "pattern": f"[domain-name:value = '{value}']",
        "pattern_type": "stix",
        "valid_from": T0,
    }
    marked = {} if tlp is None else {"object_marking_refs": [marking_id(tlp)]}
    return held | marked | changes


def post(client: httpx.Client, collection: str, objects: Sequence[Any] | bytes) -> dict[str, Any]:
    """Send objects (or the bytes of an envelope) and return the status once it is complete."""
    body = objects if isinstance(objects, bytes) else json.dumps({"objects": objects}).encode()
    answer = client.post(f"{collection}objects/", content=body, headers={"content-type": MEDIA_TYPE})
    assert answer.status_code == 202, answer.text
    status: dict[str, Any] = answer.json()
    while status["status"] == "pending":
        time.sleep(0.02)
        status = client.get(f"status/{status['id']}/").json()
    return status


def walk(
    client: httpx.Client, collection: str, limit: int = 100, filters: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return all objects of a collection, page after page."""
    found: list[dict[str, Any]] = []
    parameters = {"limit": str(limit), **(filters or {})}
    while True:
        answer = client.get(f"{collection}objects/", params=parameters)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page.get("objects", [])
        if not page.get("more"):
            return found
        parameters["next"] = page["next"]
