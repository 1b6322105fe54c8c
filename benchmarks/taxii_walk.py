"""Claim: taxii2-client walks 100,000 objects, with none lost or doubled while others add and pages are retried.

`watchbell serve` runs as a process of its own. One partner adds envelopes to the collection for as long as another
walks it with taxii2-client. Every page is asked for twice by the same `next`, the second time after more was added, as
a client does whose line broke: the two must hold the same objects and go on at the same place, unless the collection
ended there the first time. At the end all that was there before the walk must have come once, in order, and of what
was added meanwhile a beginning without gaps.

    python benchmarks/taxii_walk.py [--objects 1e5] [--page 1000]
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from taxii2client.v21 import Collection as TaxiiCollection  # type: ignore[import-untyped]

from taxii_peers import free_port, running
from taxii_speed import ENVELOPE, ROOT, client_of, envelope, post, verdict
from watchbell.clock import system_clock
from watchbell.desk.exchange.partners import NewMachine, add_partner
from watchbell.model.partners import PartnerKind
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

ADDED_AT_ONCE = 100


class Walk(NamedTuple):
    """What came of a walk."""

    ids: list[str]
    pages: int
    changed: int
    """Pages that were other ones when they were asked for again."""
    seconds: float


def main() -> None:
    """Print the figures and whether the claim holds."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--objects", type=float, default=1e5)
    options.add_argument("--page", type=int, default=1_000)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "workspace"
        with Workspace.create(root) as workspace:
            writer, reader = (
                add_partner(workspace.vault, who, PartnerKind.PLATFORM, Tlp.GREEN, operator="House", now=system_clock())
                for who in ("Writer", "Reader")
            )
            exchange = workspace.vault.collections.get("exchange")
        assert exchange
        url, place = f"http://127.0.0.1:{free_port()}", f"{ROOT}collections/{exchange.id}/"
        script = str(Path(sys.executable).with_name("watchbell"))
        serve = [script, "serve", "--port", url.rpartition(":")[2], "--workspace", str(root)]
        with running(serve, url), client_of(writer, url) as client:
            for _ in range(max(1, int(asked.objects) // ENVELOPE)):
                post(client, place, envelope(min(ENVELOPE, int(asked.objects))))
            before = list(listed(client, place))
            with adding(writer, url, place):
                walk = walked(reader, f"{url}{place}", asked.page)
            sys.exit(0 if tell(walk, before, list(listed(client, place))) else 1)


def tell(walk: Walk, before: list[str], after: list[str]) -> bool:
    """Print what came of a walk; return whether it is as claimed."""
    lost, doubled = len(set(before) - set(walk.ids)), len(walk.ids) - len(set(walk.ids))
    in_order = walk.ids == after[: len(walk.ids)]
    holds = not lost and not doubled and not walk.changed and in_order
    came = f"{len(before):,} were there before, {len(after) - len(before):,} came meanwhile"
    print(f"taxii2-client walked {len(walk.ids):,} objects in {walk.pages:,} pages in {walk.seconds:.1f} s, each asked")
    print(f"for twice; {came}")
    print(f"lost {lost:,}, doubled {doubled:,}, pages that changed {walk.changed:,}, in order: {in_order}")
    print(f"none lost or doubled: {verdict(holds)}")
    return holds


def walked(machine: NewMachine, url: str, limit: int) -> Walk:
    """Walk a collection with taxii2-client, and ask for each page again by its `next`."""
    collection = TaxiiCollection(url, user=machine.account.username, password=machine.token)
    ids: list[str] = []
    pages, changed, started, following = 0, 0, time.perf_counter(), None
    while True:
        asked = {"limit": limit} | ({} if following is None else {"next": following})
        page = collection.get_objects(**asked)
        again = collection.get_objects(**asked)
        own, other = ids_of(page), ids_of(again)
        is_same = own == other and page.get("next") == again.get("next")
        changed += not (is_same if page.get("more") else own == other[: len(own)])
        ids, pages = ids + own, pages + 1
        if not page.get("more"):
            return Walk(ids, pages, changed, time.perf_counter() - started)
        following = page["next"]


def ids_of(page: dict[str, Any]) -> list[str]:
    """Return the ids in a page."""
    return [held["id"] for held in page.get("objects", [])]


def listed(client: httpx.Client, place: str) -> Iterator[str]:
    """Yield the ids in a collection, by its manifest."""
    asked = {"limit": "1000"}
    while True:
        page = client.get(f"{place}manifest/", params=asked).json()
        yield from (held["id"] for held in page.get("objects", []))
        if not page.get("more"):
            return
        asked["next"] = page["next"]


@contextmanager
def adding(machine: NewMachine, url: str, place: str) -> Iterator[None]:
    """Add to a collection for as long as the context lasts."""
    is_over = threading.Event()

    def add() -> None:
        with client_of(machine, url) as client:
            while not is_over.is_set():
                post(client, place, envelope(ADDED_AT_ONCE))

    thread = threading.Thread(target=add)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


if __name__ == "__main__":
    main()
