"""Partners are told what is new for them and no more, once, also through failures and kills."""

import base64
import hashlib
import hmac
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests import made_up_desk as made_up
from tests.made_up_desk import NOW
from tests.unit.desk.exchange.test_outgoing import certificate
from watchbell.cli import partner as command
from watchbell.clock import system_clock
from watchbell.desk.cases import house as ourselves
from watchbell.desk.exchange import outgoing
from watchbell.desk.exchange.partners import FIRST_GROUP, add_partner, leave, set_suspended
from watchbell.desk.exchange.publishing import publish_case, publish_indicators
from watchbell.desk.exchange.retraction import retract
from watchbell.desk.exchange.webhooks import (
    KEY_FILE,
    WEBHOOK,
    Round,
    add_webhook,
    deliver,
    remove_webhook,
    resume_webhook,
)
from watchbell.errors import UsageError
from watchbell.exchange.webhooks import WAITS
from watchbell.model.cases import CaseStatus
from watchbell.model.collections import Collection
from watchbell.model.indicators import Indicator
from watchbell.model.partners import Membership, Partner, PartnerKind, Role, User
from watchbell.model.tlp import Tlp
from watchbell.model.webhooks import Webhook, WebhookState
from watchbell.vault.workspace import Workspace

EVA = User(username="eva", role=Role.REVIEWER, password_hash="x", created_at=NOW, clearance=Tlp.RED)
Sent = dict[str, Any]


@dataclass
class Desk:
    """A partner's server on loopback, which answers with the next of `answers`, else with 204."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def told(self) -> list[Sent]:
        return [json.loads(body) for _, body in self.received]

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.received]

    def objects(self) -> list[str]:
        return [held["id"] for one in self.told() for held in one["data"].get("objects", ())]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    kept = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            kept.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(kept.answers.pop(0) if kept.answers else 204)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path / "house.pem", "localhost"))
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        kept.url = f"https://localhost:{server.server_port}/hooks/s3cret-path"
        yield kept
        server.shutdown()
        thread.join()


@dataclass
class House:
    """Our house, with a clock that tests turn, and one partner."""

    workspace: Workspace
    authority: Path
    partner: Partner
    now: datetime
    secret: str = ""

    def hook(self, url: str) -> Webhook:
        made, self.secret = add_webhook(
            self.workspace, self.partner, url, authority=str(self.authority), by="x", now=self.now
        )
        return made

    def tell(self) -> Round:
        """Deliver, with an hour of rest before."""
        self.now += timedelta(hours=1)
        rounds = list(deliver(self.workspace, lambda: self.now))
        return rounds[0] if rounds else Round(self.held())

    def held(self) -> Webhook:
        [one] = self.workspace.vault.webhooks.all()
        return one

    def share(self, number: int, tlp: Tlp = Tlp.GREEN, **told: Any) -> Indicator:
        held = made_up.indicator(f"indicator--00000000-0000-4000-8000-{number:012}", f"w{number}.example", tlp)
        held = held.model_copy(update={"source": "Us", **told})
        self.workspace.vault.indicators.add([held])
        self.publish()
        return held

    def publish(self) -> None:
        publish_indicators(
            self.workspace.vault, self.shared, up_to=Tlp.AMBER, operator="Us", by="eva", now=system_clock()
        )

    @property
    def shared(self) -> Collection:
        found = self.workspace.vault.collections.get("shared")
        assert found
        return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    Workspace.create(tmp_path / "w").close()
    (tmp_path / "w" / "watchbell.toml").write_text('operator = "Us"\npeer_networks = ["127.0.0.0/8", "::1/128"]\n')
    with Workspace.open(tmp_path / "w") as workspace:
        made = add_partner(workspace.vault, "Harbour", PartnerKind.MEDIA, Tlp.GREEN, operator="Us", now=NOW)
        yield House(workspace, tmp_path / "house.pem", made.partner, NOW)


def test_news_is_told_once_signed_and_written_down(house: House, desk: Desk) -> None:
    house.share(1)
    house.workspace.vault.ledger.append("x", "x", "x", {}, NOW)
    house.now = system_clock()
    hook = house.hook(desk.url)
    assert house.tell().messages == 0, "what was there before is no news"
    fresh = [house.share(2).id, house.share(3).id]
    hidden = house.share(4, Tlp.AMBER)
    done = house.tell()
    assert (done.messages, done.objects, desk.objects()) == (1, 2, fresh)
    [told] = desk.told()
    assert told["type"] == "indicator.shared"
    assert told["data"]["collection"]["id"] == house.shared.id
    assert hidden.value not in str(desk.received)

    [(headers, body)] = desk.received
    key = base64.b64decode(house.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert int(headers["webhook-timestamp"]) == int(house.now.timestamp())

    deliveries = house.workspace.vault.deliveries.to_partner(house.partner.id)
    assert {(one.object_id, one.way) for one in deliveries} == {(one, WEBHOOK) for one in fresh}
    assert house.tell().messages == 0
    assert [one.event for one in house.workspace.vault.ledger.about(house.partner.id, 1)] == ["objects.told"]
    kept = (house.workspace.root / "watchbell.db").read_bytes() + str(hook).encode()
    assert house.secret.encode() not in kept
    assert key not in kept
    assert (house.workspace.root / KEY_FILE).stat().st_mode & 0o77 == 0


def test_a_retraction_and_a_case_are_told_as_such(house: House, desk: Desk) -> None:
    held = house.share(1)
    house.now = system_clock()
    house.hook(desk.url)
    retract(house.workspace.vault, held, "Wrong", operator="Us", by=EVA, now=system_clock())
    case = made_up.case().model_copy(update={"tlp": Tlp.GREEN, "evidence": (), "status": CaseStatus.CONFIRMED})
    house.workspace.vault.cases.put(case)
    publish_case(house.workspace.vault, house.shared, case, house=ourselves.House("Us"), by="eva", now=system_clock())
    assert house.tell().messages == 2
    assert [(one["type"], one["data"]["objects"][0]["type"]) for one in desk.told()] == [
        ("indicator.retracted", "indicator"), ("case.shared", "report")
    ]  # fmt: skip


def test_what_fails_is_told_again_with_the_same_id_until_the_webhook_is_dead(house: House, desk: Desk) -> None:
    house.now = system_clock()
    house.hook(desk.url)
    first = house.share(1)
    desk.answers = [500] * 10
    for attempts in range(1, 10):
        done = house.tell()
        assert (done.messages, done.webhook.attempts, done.webhook.state) == (0, attempts, WebhookState.ACTIVE)
        assert done.webhook.next_at == house.now + WAITS[attempts - 1]
        house.now += WAITS[attempts - 1] - timedelta(hours=1, seconds=1)
        received = len(desk.received)
        assert house.tell().messages == 0
        assert len(desk.received) == received + (1 if house.now >= done.webhook.next_at else 0)
        if len(desk.received) > received:
            break
    while house.held().state is not WebhookState.DEAD:
        house.now += timedelta(days=1)
        house.tell()
    assert len(desk.received) == 10
    assert len(set(desk.ids())) == 1
    assert house.held().problem == "It answers with status 500."
    second = house.share(2)
    assert house.tell().messages == 0
    resume_webhook(house.workspace.vault, house.held(), skip=False, by="x", now=house.now)
    assert house.tell().objects == 2
    assert desk.objects()[-2:] == [first.id, second.id]
    assert "s3cret-path" not in str(house.workspace.vault.ledger.entries(50))


def test_a_message_that_nobody_takes_can_be_left_out(house: House, desk: Desk) -> None:
    house.now = system_clock()
    house.hook(desk.url)
    house.share(1)
    desk.answers = [410]
    assert house.tell().webhook.state is WebhookState.DEAD
    last = house.share(2)
    resume_webhook(house.workspace.vault, house.held(), skip=True, by="x", now=house.now)
    house.tell()
    assert desk.told()[-1]["data"]["objects"][0]["id"] == last.id
    assert house.held().problem is None


def test_whoever_is_cleared_for_less_before_the_next_attempt_is_not_told(house: House, desk: Desk) -> None:
    house.now = system_clock()
    house.hook(desk.url)
    house.share(1)
    last = house.share(2, Tlp.CLEAR)
    desk.answers = [503]
    house.tell()
    group = house.shared.group_id
    assert group
    place = Membership(partner_id=house.partner.id, group_id=group, clearance=Tlp.CLEAR, begins_at=NOW)
    house.workspace.vault.partners.put_membership(place)
    assert house.tell().objects == 1
    assert [held["id"] for held in desk.told()[-1]["data"]["objects"]] == [last.id]


def test_nobody_is_told_whose_exchange_rests_or_who_left_the_group(house: House, desk: Desk) -> None:
    house.now = system_clock()
    house.hook(desk.url)
    house.share(1)
    desk.answers = [503]
    house.tell()
    set_suspended(house.workspace.vault, house.partner, NOW, suspended=True)
    house.tell()
    set_suspended(house.workspace.vault, house.partner, NOW, suspended=False)
    leave(house.workspace.vault, house.partner, FIRST_GROUP, NOW)
    house.tell()
    assert len(desk.received) == 1


def test_redirects_inside_addresses_and_plain_http_are_not_followed(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.now = system_clock()
    house.hook(desk.url)
    house.share(1)
    desk.answers = [302]
    assert house.tell().webhook.problem == "It answers with status 302."
    house.workspace.settings = house.workspace.settings.model_copy(update={"peer_networks": ()})
    assert "inside the house" in str(house.tell().webhook.problem)

    async def outside(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14"]

    monkeypatch.setattr(outgoing, "_addresses", outside)
    plain, _ = add_webhook(
        house.workspace, house.partner, "http://desk.example/x", authority=None, by="x", now=system_clock()
    )
    house.share(2)
    problems = {one.webhook.id: one.webhook.problem for one in deliver(house.workspace, lambda: house.now)}
    assert "without TLS" in str(problems[plain.id])
    for url in (
        "ftp://a.example/",
        "https://user:word@a.example/",
        "a.example",
        "https:///x",
        "x" * 3_000,
    ):
        with pytest.raises(UsageError, match="no address of a webhook"):
            add_webhook(house.workspace, house.partner, url, authority=None, by="x", now=NOW)


def test_two_processes_do_not_tell_the_same(house: House, desk: Desk) -> None:
    house.now = system_clock()
    hook = house.hook(desk.url)
    house.share(1)
    assert house.workspace.vault.webhooks.claim(hook.id, house.now + timedelta(hours=1))
    assert list(deliver(house.workspace, lambda: house.now + timedelta(hours=1))) == []
    with pytest.raises(UsageError, match="at this moment"):
        house.hook(desk.url)
    assert desk.received == []


def test_without_its_key_nothing_is_signed_wrongly(house: House, desk: Desk) -> None:
    house.now = system_clock()
    house.hook(desk.url)
    house.share(1)
    (house.workspace.root / KEY_FILE).unlink()
    with pytest.raises(UsageError, match="remove them all"):
        house.tell()
    with pytest.raises(UsageError, match="remove them all"):
        house.hook(f"{desk.url}/other")
    remove_webhook(house.workspace.vault, house.held(), by="x", now=house.now)
    house.now = system_clock()
    house.hook(desk.url)
    house.share(2)
    assert house.tell().messages == 1


DYING = """
import os, signal, sys
from pathlib import Path
from watchbell.clock import system_clock
from watchbell.desk.exchange import webhooks
from watchbell.vault.workspace import Workspace

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

webhooks._passed = die
with Workspace.open(Path(sys.argv[1])) as workspace:
    list(webhooks.deliver(workspace, system_clock))
"""


def test_a_killed_process_tells_the_same_again(house: House, desk: Desk) -> None:
    house.now = system_clock() - timedelta(hours=1)
    hook = house.hook(desk.url)
    held = house.share(1)
    done = subprocess.run([sys.executable, "-c", DYING, str(house.workspace.root)], check=False)
    assert done.returncode == -9
    assert desk.objects() == [held.id]
    house.now = system_clock()
    assert list(deliver(house.workspace, lambda: house.now)) == [], "its claim has not run out"
    house.workspace.vault.webhooks.let_go(hook.id)
    assert house.tell().messages == 1
    assert desk.objects() == [held.id, held.id]
    assert len(set(desk.ids())) == 1


def test_the_commands(house: House, desk: Desk) -> None:
    where = ["--workspace", str(house.workspace.root)]

    def said(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(command.app, [*arguments, *where])
        assert (result.exit_code == 0) is (code == 0), result.output
        return result.output + str(result.exception or "")

    made = json.loads(said("webhook", "add", "harbour", desk.url, "--authority", str(house.authority), "--json"))
    assert made["secret"].startswith("whsec_")
    house.share(1)
    desk.answers = [500]
    assert "It is tried again from" in said("webhook", "deliver", code=1)
    shown = said("show", "Harbour", "--json")
    [hook] = json.loads(shown)["webhooks"]
    assert hook["problem"] == "It answers with status 500."
    assert "s3cret-path" not in shown
    assert made["secret"] not in shown
    said("webhook", "resume", "Harbour")
    assert "Harbour: 1 messages of 1 objects." in said("webhook", "deliver")
    said("webhook", "remove", "Harbour", "--webhook", made["webhook_id"])
    assert "there is: none" in said("webhook", "resume", "Harbour", code=1)
