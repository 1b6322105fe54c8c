"""The TAXII server beyond the standard's checks: bad partners, clearance, paging while others write."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from taxii2client.v21 import Collection as TaxiiCollection  # type: ignore[import-untyped]
from taxii2client.v21 import Server

from tests.taxii_server import House, indicator, post, walk
from watchbell.clock import system_clock
from watchbell.desk.exchange.intake import AT_ONCE_BYTES
from watchbell.desk.exchange.partners import add_machine, bind_certificate, revoke, rotate, set_suspended
from watchbell.desk.exchange.publishing import pass_on, publish_indicators
from watchbell.exchange.marking import marking_id
from watchbell.exchange.taxii import MEDIA_TYPE
from watchbell.model.collections import AddStatus
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.partners import Scope
from watchbell.model.tlp import Tlp
from watchbell.web.taxii import MAX_CONTENT_LENGTH

RAW = {"content-type": MEDIA_TYPE}


def failures(status: dict[str, Any]) -> dict[str, str]:
    return {failure["id"]: failure["message"] for failure in status.get("failures", [])}


def ids(objects: list[dict[str, Any]]) -> list[str]:
    return [held["id"] for held in objects]


def test_each_bad_object_is_named_and_the_rest_is_kept(house: House) -> None:
    good, other = indicator(), indicator()
    nowhere = "indicator--../../etc/passwd"
    future = indicator(modified="2999-01-01T00:00:00.000Z")
    epoch = indicator(created="1970-01-01T00:00:00.000Z")
    backwards = indicator(created="2026-01-02T00:00:00.000Z")
    red, no_time = indicator(tlp=Tlp.RED), indicator(modified="yesterday")
    wrong = indicator(labels="not a list")
    bad_mark = indicator(object_marking_refs=[7])
    without = indicator()
    del without["pattern"]
    bad = [indicator(id=nowhere), future, epoch, backwards, red, no_time, wrong, bad_mark, without]
    with house.client() as client:
        exchange = house.collection("exchange")
        status = post(client, exchange, [good, *bad, 7, None, {"type": "indicator"}, {**good, "name": "other"}, other])
        assert ids(walk(client, exchange)) == ids([good, other])
    said = failures(status)
    assert (status["success_count"], status["failure_count"], status["total_count"]) == (2, 13, 15)
    assert "not a type, two hyphens and a UUID" in said[nowhere]
    assert "check the clock" in said[future["id"]]
    assert "check the clock" in said[epoch["id"]]
    assert "modified lies before its created" in said[backwards["id"]]
    assert "TLP:RED" in said[red["id"]]
    assert "is no time" in said[no_time["id"]]
    assert "labels is not a list" in said[wrong["id"]]
    assert "does not name a STIX object" in said[bad_mark["id"]]
    assert "lacks pattern" in said[without["id"]]
    assert "other content" in said[good["id"]]
    assert "no JSON object" in said["object 11 of the envelope"]
    assert "no id" in said["object 13 of the envelope"]


def test_an_envelope_of_broken_bytes_is_read_as_far_as_it_goes(house: House) -> None:
    good, deep, last = indicator(), indicator(), indicator()
    text = [json.dumps(held) for held in (good, deep, last)]
    nested = text[1][:-1] + ', "x": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}"
    latin = json.dumps(indicator(name="NAME")).replace("NAME", "\xe9").encode("latin-1")
    twice = text[2][:-1] + f', "id": "{deep["id"]}"}}'
    nul = json.dumps(indicator(name="a\0b"))
    parts = [
        text[0].encode(),
        nested.encode(),
        latin,
        twice.encode(),
        nul.encode(),
        b'{"a": NaN}',
        text[2][:40].encode(),
    ]
    with house.client() as client:
        exchange = house.collection("exchange")
        status = post(client, exchange, b'{"objects": [' + b", ".join(parts))
        assert ids(walk(client, exchange)) == [good["id"]]
    said = failures(status)
    assert said[deep["id"]] == "The object is nested too deep."
    messages = " ".join(failure["message"] for failure in status["failures"])
    for reason in ("is not UTF-8", "names a property twice", "holds a NUL", "holds NaN", "it was cut"):
        assert reason in messages
    assert status["failure_count"] == 6


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe\x00", b'{"objects": {}}', b'{"objects": [1]}', b"[" * 1_000_000], ids=len
)
def test_what_is_no_envelope_is_refused(house: House, body: bytes) -> None:
    with house.client() as client:
        answer = client.post(f"{house.collection('exchange')}objects/", content=body, headers=RAW)
        assert answer.status_code == 400
        assert answer.json()["http_status"] == "400"


def test_a_body_without_end_is_cut_off(house: House) -> None:
    length = 2 * MAX_CONTENT_LENGTH
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        while sent < length:
            sent += 1_000_000
            yield b" " * 1_000_000

    with house.client() as client, contextlib.suppress(httpx.TransportError):
        answer = client.post(f"{house.collection('exchange')}objects/", content=pieces(), headers=RAW)
        assert answer.status_code == 413
    assert MAX_CONTENT_LENGTH < sent < length


def test_each_partner_hears_what_it_is_cleared_for(house: House) -> None:
    marked = {label: indicator(tlp=label) for label in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT)}
    unmarked = indicator(tlp=None)
    exchange = house.collection("exchange")
    with house.client(Tlp.AMBER) as amber, house.client(Tlp.GREEN) as green, house.client(Tlp.CLEAR) as clear:
        assert post(amber, exchange, [*marked.values(), unmarked])["success_count"] == 5
        assert ids(walk(amber, exchange)) == ids([*marked.values(), unmarked])
        assert ids(walk(green, exchange)) == ids([marked[Tlp.CLEAR], marked[Tlp.GREEN]])
        assert ids(walk(clear, exchange)) == [marked[Tlp.CLEAR]["id"]]
        hidden = f"{exchange}objects/{marked[Tlp.AMBER]['id']}/"
        for address in (hidden, f"{hidden}versions/"):
            assert green.get(address).status_code == 404
        assert green.delete(hidden).status_code == 404
        assert green.delete(f"{exchange}objects/{marked[Tlp.GREEN]['id']}/").status_code == 403
        assert "objects" not in green.get(f"{exchange}manifest/", params={"match[id]": unmarked["id"]}).json()


def test_a_part_that_is_marked_narrower_is_taken_out(house: House) -> None:
    secret = "an informant inside"
    partly = indicator(
        description=secret, granular_markings=[{"marking_ref": marking_id(Tlp.AMBER), "selectors": ["description"]}]
    )
    exchange = house.collection("exchange")
    with house.client(Tlp.AMBER) as amber, house.client(Tlp.GREEN) as green:
        post(amber, exchange, [partly])
        assert walk(amber, exchange) == [partly]
        answer = green.get(f"{exchange}objects/")
        assert secret not in answer.text
        assert answer.json()["objects"][0]["pattern"] == partly["pattern"]


def test_an_account_is_known_by_its_token_and_by_nothing_else(house: House) -> None:
    vault, now = house.workspace.vault, system_clock()
    partner, account, token = house.partners[Tlp.GREEN]
    address = f"{house.root}collections/"

    def asked(*, auth: tuple[str, str] | None = None, **headers: str) -> int:
        return httpx.get(address, auth=auth, headers={"accept": MEDIA_TYPE} | headers).status_code

    assert asked(auth=(account.username, token)) == 200
    assert asked(authorization=f"Bearer {token}") == 200
    assert asked(auth=("partner-amber", token)) == 401
    assert asked(authorization="Basic ?") == 401
    assert asked(cookie="watchbell_session=x") == 401
    short = add_machine(vault, partner, now=now, expires_at=now + timedelta(seconds=-1), scopes=[Scope.READ])
    assert asked(authorization=f"Bearer {short.token}") == 401
    renewed = rotate(vault, account.username, now)
    assert asked(authorization=f"Bearer {token}") == 401
    assert asked(authorization=f"Bearer {renewed.token}") == 200
    bind_certificate(vault, account.username, "AB" * 32, now)
    assert asked(authorization=f"Bearer {renewed.token}") == 401
    reader = add_machine(vault, partner, now=now, scopes=[Scope.READ])
    rights = httpx.get(address, headers={"accept": MEDIA_TYPE, "authorization": f"Bearer {reader.token}"}).json()
    assert not any(held["can_write"] for held in rights["collections"])
    revoke(vault, reader.account.username, now)
    assert asked(authorization=f"Bearer {reader.token}") == 401
    other = house.partners[Tlp.AMBER]
    set_suspended(vault, other.partner, now, suspended=True)
    assert asked(authorization=f"Bearer {other.token}") == 401


def test_a_status_is_its_owners_only(house: House) -> None:
    with house.client(Tlp.GREEN) as green, house.client(Tlp.AMBER) as amber:
        status = post(green, house.collection("drop"), [indicator()])
        assert green.get(f"status/{status['id']}/").json() == status
        assert amber.get(f"status/{status['id']}/").status_code == 404


def test_what_a_partner_tells_becomes_an_indicator_here_with_who_told_it(house: House) -> None:
    told = indicator("lookalike.example", Tlp.AMBER)
    with house.client(Tlp.GREEN) as green, house.client(Tlp.AMBER) as amber:
        post(green, house.collection("exchange"), [told])
        held = house.workspace.vault.indicators.get(told["id"])
        assert held
        assert (held.value, held.source, held.tlp) == ("lookalike.example", "Partner green", Tlp.AMBER)
        assert held.group == house.workspace.vault.partners.groups()[0].id
        # Another partner's word on it changes nothing here.
        post(amber, house.collection("drop"), [told | {"revoked": True, "modified": "2026-02-01T00:00:00.000Z"}])
    after = house.workspace.vault.indicators.get(told["id"])
    assert after == held
    events = {entry.event for entry in house.workspace.vault.ledger.entries()}
    assert "objects.received" in events


def test_what_the_house_publishes_reaches_whom_it_may_and_is_written_down(house: House) -> None:
    vault, now = house.workspace.vault, datetime(2026, 1, 1, tzinfo=UTC)
    items = [
        Indicator(id=indicator()["id"], kind=IndicatorKind.DOMAIN, value=f"{label.rank}.example", published_as="x",
                  source=f"Source {label}", tlp=label, valid_from=now, created=now, modified=now)
        for label in (Tlp.GREEN, Tlp.AMBER)
    ]  # fmt: skip
    vault.indicators.add(items)
    shared = vault.collections.get("shared")
    assert shared
    done = publish_indicators(vault, shared, up_to=Tlp.AMBER, operator="House", by="test", now=system_clock())
    assert not done.refused
    with house.client(Tlp.GREEN) as green:
        answer = green.get(f"{house.collection('shared')}objects/")
        assert "Source amber" not in answer.text
        assert [held["id"] for held in answer.json()["objects"] if held["type"] == "indicator"] == [items[0].id]
        assert "objects" not in green.head(f"{house.collection('shared')}objects/").text
    partner = house.partners[Tlp.GREEN].partner.id
    assert [(one.partner_id, one.way) for one in vault.deliveries.of_object(items[0].id)] == [(partner, "taxii")]
    assert vault.deliveries.of_object(items[1].id) == []
    revoked = items[0].model_copy(update={"revoked": True, "modified": now + timedelta(days=1)})
    vault.indicators.add([revoked])
    assert pass_on(vault, revoked, operator="House", by="test", now=system_clock()) == [shared]
    with house.client(Tlp.GREEN) as green:
        told = walk(green, house.collection("shared"), filters={"match[id]": items[0].id})
    assert [held["revoked"] for held in told] == [True]


def test_a_source_is_named_to_whoever_may_hear_one_thing_it_told_once_there_is_one(house: House) -> None:
    vault, now = house.workspace.vault, datetime(2026, 1, 1, tzinfo=UTC)
    shared = vault.collections.get("shared")
    assert shared

    def publish(label: Tlp) -> None:
        item = Indicator(id=indicator()["id"], kind=IndicatorKind.DOMAIN, value=f"{label.rank}.example", source="Eve",
                         published_as="x", tlp=label, valid_from=now, created=now, modified=now)  # fmt: skip
        vault.indicators.add([item])
        done = publish_indicators(vault, shared, up_to=Tlp.AMBER, operator="Eve", by="test", now=system_clock())
        assert not done.refused

    with house.client(Tlp.GREEN) as green:
        publish(Tlp.AMBER)
        assert "Eve" not in json.dumps(walk(green, house.collection("shared")))
        before = green.get(f"{house.collection('shared')}objects/").headers["X-TAXII-Date-Added-Last"]
        publish(Tlp.GREEN)
        since = walk(green, house.collection("shared"), filters={"added_after": before})
    named = {held["id"]: held.get("name") for held in since}
    (told,) = (held for held in since if held["type"] == "indicator")
    assert named[told["created_by_ref"]] == "Eve"


def test_a_large_envelope_is_put_away_behind_the_partners_back(house: House) -> None:
    many = [indicator(description="x" * 600) for _ in range(1_200)]
    body = json.dumps({"objects": many}).encode()
    assert len(body) > AT_ONCE_BYTES
    with house.client() as client:
        exchange = house.collection("exchange")
        answer = client.post(f"{exchange}objects/", content=body, headers=RAW).json()
        assert (answer["status"], answer["pending_count"], answer["total_count"]) == ("pending", 1_200, 1_200)
        assert post(client, exchange, body)["success_count"] == 1_200
        assert len(walk(client, exchange, limit=1_000)) == 1_200


def test_the_envelope_of_a_killed_process_is_taken_over(house: House) -> None:
    held = indicator()
    vault = house.workspace.vault
    with house.client() as client:
        exchange = house.collection("exchange")
        before = post(client, exchange, [indicator()])
        add = vault.adds.get(before["id"])
        assert add
        long_ago = {"id": "left", "status": AddStatus.PENDING, "requested_at": system_clock() - timedelta(hours=1)}
        vault.adds.begin(add.model_copy(update=long_ago), json.dumps({"objects": [held]}).encode())
        end = time.monotonic() + 20
        while client.get("status/left/").json()["status"] == "pending" and time.monotonic() < end:
            time.sleep(0.05)
        assert held["id"] in ids(walk(client, exchange))


def test_a_real_client_walks_all_while_others_write(house: House) -> None:
    exchange = house.collection("exchange")
    before = [indicator() for _ in range(600)]
    others: list[dict[str, Any]] = []
    is_over = threading.Event()

    def write() -> None:
        with house.client(Tlp.AMBER) as amber:
            while not is_over.is_set() and len(others) < 2_000:
                some = [indicator() for _ in range(20)]
                post(amber, exchange, some)
                others.extend(some)

    _, account, token = house.partners[Tlp.GREEN]
    with house.client() as client:
        post(client, exchange, before)
    writer = threading.Thread(target=write)
    writer.start()
    server = Server(f"{house.url}/taxii2/", user=account.username, password=token)
    assert server.default.collections
    reading = TaxiiCollection(f"{house.root}{exchange}", user=account.username, password=token)
    seen: list[str] = []
    asked: dict[str, Any] = {"limit": 50}
    while True:
        page = reading.get_objects(**asked)
        seen += ids(page.get("objects", []))
        if not page.get("more"):
            break
        # Asked for again by the same `next`, as by a client whose line broke, it is the same page.
        assert reading.get_objects(**asked) == page
        asked["next"] = page["next"]
    is_over.set()
    writer.join()
    assert seen[:600] == ids(before)
    assert len(seen) == len(set(seen))
    assert seen[600:] == ids(others)[: len(seen) - 600]


def test_a_retried_page_is_the_same_page(house: House) -> None:
    exchange = house.collection("exchange")
    with house.client() as client:
        post(client, exchange, [indicator() for _ in range(25)])
        first = client.get(f"{exchange}objects/", params={"limit": "10"}).json()
        asked = {"limit": "10", "next": first["next"]}
        second = client.get(f"{exchange}objects/", params=asked).json()
        post(client, exchange, [indicator() for _ in range(25)])
        assert client.get(f"{exchange}objects/", params=asked).json()["objects"] == second["objects"]
