"""Pulling from servers that fail, lie, drip and never end: what is good is kept, and each pull ends in a sentence."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.taxii_server import T0, indicator
from watchbell.clock import system_clock
from watchbell.desk.exchange import outgoing, pulling
from watchbell.desk.exchange.partners import add_partner
from watchbell.desk.exchange.peers import add_peer, connection_to, peer_named, reach
from watchbell.desk.exchange.pulling import Pulled, pull
from watchbell.errors import PeerError, UsageError
from watchbell.exchange.taxii import MEDIA_TYPE
from watchbell.model.partners import PartnerKind
from watchbell.model.peers import Peer
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace

COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
OBJECTS = f"/api/collections/{COLLECTION}/objects/"
SECRET = "s3cret-of-the-peer"

Answer = tuple[int, dict[str, str], bytes]
Script = Callable[[dict[str, str]], Answer]


def taxii(document: Any, **headers: str) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return 200, {"Content-Type": MEDIA_TYPE, **{name.replace("_", "-"): value for name, value in headers.items()}}, body


@contextmanager
def peer(script: Script) -> Iterator[str]:
    """Serve a discovery, one API root and one collection whose objects a script gives, by the query."""
    fixed = {
        "/taxii2/": taxii({"title": "Peer", "default": "/api/", "api_roots": ["/api/"]}),
        "/api/": taxii({"title": "Root", "versions": [MEDIA_TYPE], "max_content_length": 9000000}),
        "/api/collections/": taxii(
            {"collections": [{"id": COLLECTION, "title": "All", "can_read": True, "can_write": False}]}
        ),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            status, headers, body = script(query) if url.path == OBJECTS else fixed[url.path]
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/taxii2/"
        finally:
            server.shutdown()
            thread.join()


def indicators_only(script: Script) -> Script:
    """Let a script answer for indicators; there is no feedback."""
    return lambda query: script(query) if query.get("match[type]") == "indicator" else taxii({})


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    root = tmp_path / "house"
    Workspace.create(root).close()
    (root / "watchbell.toml").write_text('operator = "House B"\npeer_networks = ["127.0.0.0/8"]\n')
    with Workspace.open(root) as opened:
        add_partner(opened.vault, "Peer", PartnerKind.MEDIA, Tlp.AMBER, operator="House B", now=system_clock())
        yield opened


def meet(workspace: Workspace, url: str) -> Peer:
    """Add the server as a peer."""
    [partner] = workspace.vault.partners.all()
    add_peer(workspace, Peer(name="peer", url=url, partner_id=partner.id), SECRET, by="test", now=system_clock())
    return peer_named(workspace.vault, "peer")


def pulled(workspace: Workspace, url: str) -> Pulled:
    found = meet(workspace, url)
    with connection_to(workspace, found) as connection:
        [done] = pull(workspace, found, reach(connection, found), named=(), clock=system_clock)
    return done


def values(workspace: Workspace) -> set[str]:
    return {held.value for held in workspace.vault.indicators.all()}


def page(query: dict[str, str], all_objects: list[dict[str, Any]], size: int) -> Answer:
    """Return a page as our own server would, `next` being the number of the first object."""
    after = query.get("added_after", "")
    start = int(query["next"]) if "next" in query else sum(added(number) <= after for number in range(len(all_objects)))
    end = min(start + size, len(all_objects))
    more = {"more": True, "next": str(end)} if end < len(all_objects) else {}
    return taxii({**more, "objects": all_objects[start:end]}, X_TAXII_Date_Added_Last=added(end - 1))


def added(number: int) -> str:
    """Return when the object of this number was added."""
    return f"2026-01-01T00:00:{number:02}.000000Z"


def test_a_bad_object_is_named_and_the_rest_is_kept(workspace: Workspace) -> None:
    bad = indicator("bad.example", created="yesterday")
    deep = (
        b'{"objects":['
        + b",".join(
            [
                json.dumps(indicator("one.example")).encode(),
                b'{"type":"indicator","id":"indicator--00000000-0000-4000-8000-000000000001","x":'
                + b"[" * 200_000
                + b"]" * 200_000
                + b"}",
                json.dumps(bad).encode(),
                json.dumps(
                    indicator("future.example", created="2999-01-01T00:00:00Z", modified="2999-01-01T00:00:00Z")
                ).encode(),
                b'"no object"',
                json.dumps(indicator("two.example")).encode(),
            ]
        )
        + b'],"more":false}'
    )
    with peer(indicators_only(lambda _: taxii(deep))) as url:
        done = pulled(workspace, url)
    assert (done.new, done.rejected, done.problem) == (2, 4, None)
    assert values(workspace) == {"one.example", "two.example"}
    [file] = workspace.rejects.glob("taxii-peer-*.jsonl")
    told = file.read_text()
    assert bad["id"] in told
    assert "indicator--00000000-0000-4000-8000-000000000001" in told


def test_markings_are_kept_and_an_unknown_one_is_the_narrowest(workspace: Workspace) -> None:
    name = "marking-definition--5b1f0c1e-6d3f-4c0a-8f0a-0d8c7f6b2a11"
    definition = {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": name,
        "created": T0,
        "definition_type": "tlp",
        "name": "TLP:GREEN",
        "definition": {"tlp": "green"},
    }
    known = indicator("known.example", object_marking_refs=[name])
    unknown = indicator(
        "unknown.example", object_marking_refs=["marking-definition--00000000-0000-4000-8000-00000000000a"]
    )
    bare = indicator("bare.example", tlp=None)

    def script(query: dict[str, str]) -> Answer:
        if name in query.get("match[id]", ""):
            return taxii({"objects": [definition]})
        return taxii({"objects": [known, unknown, bare]})

    with peer(script) as url:
        assert pulled(workspace, url).problem is None
    marked = {held.value: held.tlp for held in workspace.vault.indicators.all()}
    assert marked == {"known.example": Tlp.GREEN, "unknown.example": Tlp.RED, "bare.example": Tlp.AMBER}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((200, {"Content-Type": "text/html"}, b"<html>"), "text/html"),
        (taxii(b"[1, 2]"), "no JSON object"),
        (taxii({"objects": {"a": 1}}), "no envelope"),
        ((403, {"Content-Type": MEDIA_TYPE}, b'{"title": "Not you"}'), "'Not you'"),
        ((302, {"Location": "http://127.0.0.2/taxii2/"}, b""), "another server"),
        ((302, {"Location": OBJECTS}, b""), "in circles"),
        (taxii({"more": True, "objects": [indicator("a.example")]}), "not where"),
        (taxii(b'{"more": false, "objects": [' + json.dumps(indicator("a.example")).encode() + b", {"), "cut"),
    ],
)
def test_a_bad_answer_ends_the_pull_with_a_sentence(workspace: Workspace, answer: Answer, problem: str) -> None:
    with peer(lambda _: answer) as url:
        assert problem in str(pulled(workspace, url).problem)
    if b"a.example" in answer[2]:
        assert values(workspace) == {"a.example"}


def test_pages_without_an_end_are_left(workspace: Workspace) -> None:
    count = iter(range(10_000))
    with peer(lambda _: taxii({"more": True, "next": str(next(count)), "objects": []})) as url:
        assert "empty" in str(pulled(workspace, url).problem)
    assert next(count) == pulling._MOST_EMPTY  # how many pages were asked for
    same = taxii({"more": True, "next": "1", "objects": [indicator("same.example")]})
    with peer(lambda _: same) as url:
        assert "no end" in str(pulled(workspace, url).problem)


def test_more_pages_than_one_pull_brings_in_are_taken_by_the_next(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "MOST_PAGES", 2)
    objects = [indicator(f"d{number}.example") for number in range(5)]
    with peer(indicators_only(lambda query: page(query, objects, 2))) as url:
        assert "goes on there" in str(pulled(workspace, url).problem)
        assert len(values(workspace)) == 4
        assert pulled(workspace, url).problem is None
    assert len(values(workspace)) == 5


def test_a_large_answer_is_not_read_to_its_end(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "MOST_BYTES", 100_000)
    with peer(lambda _: taxii(b" " * 200_000)) as url:
        assert "100,000 bytes" in str(pulled(workspace, url).problem)


def test_an_answer_that_drips_is_left(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "MOST_SECONDS", 0.3)

    def slowly(_query: dict[str, str]) -> Answer:
        time.sleep(1)
        return taxii({})

    with peer(slowly) as url:
        assert "did not answer within" in str(pulled(workspace, url).problem)


def test_a_busy_server_is_asked_again(workspace: Workspace) -> None:
    answers = iter([(503, {"Retry-After": "0"}, b""), (429, {"Retry-After": "0"}, b"")])
    with peer(indicators_only(lambda _: next(answers, taxii({"objects": [indicator("a.example")]})))) as url:
        assert pulled(workspace, url).problem is None
    assert values(workspace) == {"a.example"}


def test_a_page_is_not_asked_for_twice_by_its_next(workspace: Workspace) -> None:
    """As medallion does: `next` stays the same, and each time that it is asked for, the server goes on."""
    objects = [indicator(f"d{number}.example") for number in range(6)]
    rests: list[list[dict[str, Any]]] = []
    breaks = iter([False, True])

    def script(query: dict[str, str]) -> Answer:
        if "next" not in query:
            rests.append(list(objects))
        given, rests[-1][:2] = rests[-1][:2], []
        if "next" in query and next(breaks, False):
            return 503, {"Retry-After": "0"}, b""
        return taxii({"objects": given, **({"more": True, "next": "same"} if rests[-1] else {})})

    with peer(indicators_only(script)) as url:
        assert pulled(workspace, url).problem is None
    assert len(values(workspace)) == 6
    assert len(rests) == 2


def test_a_clock_that_is_ahead_does_not_hide_what_comes_later(workspace: Workspace) -> None:
    ahead = taxii({"objects": [indicator("a.example")]}, X_TAXII_Date_Added_Last="2999-01-01T00:00:00Z")
    with peer(lambda _: ahead) as url:
        assert pulled(workspace, url).problem is None
    assert {one.added_after for one in workspace.vault.peers.checkpoints("peer")} == {None}


def test_inside_addresses_are_not_asked_unless_the_operator_says_so(workspace: Workspace) -> None:
    (workspace.root / "watchbell.toml").write_text('peer_networks = ["10.0.0.0/8"]\n')
    with Workspace.open(workspace.root) as opened, peer(lambda _: taxii({})) as url:
        with pytest.raises(PeerError, match="inside the house"):
            pulled(opened, url)
        with pytest.raises(PeerError, match="inside the house"):
            pulled(opened, url.replace("127.0.0.1", "localhost"))


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::a00:1", False),
    ],
)
def test_which_addresses_are_outside(address: str, may: bool) -> None:
    assert outgoing.may_be_asked(address, []) is may
    assert outgoing.may_be_asked(address, outgoing.networks_named(["0.0.0.0/0", "::/0"]))


def test_a_name_whose_addresses_are_partly_inside_is_not_asked(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def both(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14", "192.168.0.1"]

    monkeypatch.setattr(outgoing, "_addresses", both)
    with pytest.raises(PeerError, match=r"192\.168\.0\.1, inside"):
        pulled(workspace, "https://desk.example/taxii2/")


def test_no_token_goes_out_without_tls(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    async def outside(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14"]

    monkeypatch.setattr(outgoing, "_addresses", outside)
    with pytest.raises(PeerError, match="without TLS"):
        pulled(workspace, "http://desk.example/taxii2/")


@pytest.mark.parametrize(
    "url", ["ftp://desk.example/", "https://user:word@desk.example/", "desk.example", "https:///x"]
)
def test_an_address_that_cannot_be_used_is_refused(workspace: Workspace, url: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        meet(workspace, url)


DYING = """
import os, signal
from pathlib import Path
from watchbell.clock import system_clock
from watchbell.desk.exchange import pulling
from watchbell.desk.exchange.peers import connection_to, peer_named, reach
from watchbell.vault.feedback import FeedbackShelf
from watchbell.vault.peers import PeerShelf
from watchbell.vault.indicators import IndicatorShelf
from watchbell.vault.workspace import Workspace

def die_at_call(number, function, after):
    calls = iter(range(number))
    def called(*args, **kwargs):
        last = next(calls) == number - 1
        if last and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = function(*args, **kwargs)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return called

{shelf}.{name} = die_at_call({number}, {shelf}.{name}, {after})
with Workspace.open(Path({root!r})) as workspace:
    peer = peer_named(workspace.vault, "peer")
    with connection_to(workspace, peer) as connection:
        pulling.pull(workspace, peer, reach(connection, peer), named=(), clock=system_clock)
"""


@pytest.mark.parametrize(
    ("where", "after"),
    [("IndicatorShelf.add", False), ("FeedbackShelf.put_sighting", True), ("PeerShelf.put_checkpoint", True)],
)
def test_a_pull_that_is_killed_goes_on_with_nothing_lost_or_doubled(
    workspace: Workspace,
    where: str,
    after: bool,
) -> None:
    objects = [indicator(f"d{number}.example") for number in range(40)]
    sighting = {"type": "sighting", "spec_version": "2.1", "created": T0, "modified": T0, "first_seen": T0}
    seen = [
        sighting | {"id": held["id"].replace("indicator", "sighting"), "sighting_of_ref": held["id"]}
        for held in objects
    ]
    shelf, name = where.split(".")
    with peer(lambda query: page(query, objects if query["match[type]"] == "indicator" else seen, 10)) as url:
        meet(workspace, url)
        code = DYING.format(root=str(workspace.root), shelf=shelf, name=name, number=3, after=after)
        child = subprocess.run([sys.executable, "-c", code], check=False, timeout=60)
        assert child.returncode == -signal.SIGKILL
        assert workspace.vault.indicators.count() >= 20
        assert not all(workspace.vault.feedback.sightings(held["id"]) for held in objects)
        assert pulled(workspace, url).problem is None
    assert values(workspace) == {f"d{number}.example" for number in range(40)}
    assert all(len(workspace.vault.feedback.sightings(held["id"])) == 1 for held in objects)
    assert all(one.is_at_end for one in workspace.vault.peers.checkpoints("peer"))
    events = [entry.event for entry in workspace.vault.ledger.entries()]
    assert events.count("indicator.sighted") == 40
    assert workspace.vault.ledger.verify()
