import re
from datetime import timedelta

import pytest

from tests.unit.web.conftest import StillClock, Visitor
from watchbell.desk.exchange.partners import Caller, add_partner, caller_of_token, invite
from watchbell.model.partners import Partner, PartnerKind
from watchbell.model.tlp import Tlp
from watchbell.vault.workspace import Workspace


@pytest.fixture
def partner(workspace: Workspace, clock: StillClock) -> Partner:
    made = add_partner(workspace.vault, "Ü <b>Radio</b>", PartnerKind.MEDIA, Tlp.GREEN, operator="Us", now=clock())
    return made.partner


def test_a_link_shows_a_token_once(workspace: Workspace, visitor: Visitor, clock: StillClock, partner: Partner) -> None:
    path = f"/enrol/{invite(workspace.vault, partner, now=clock())}"
    browser = visitor(None)
    offered = browser.get(path)
    assert "Ü &lt;b&gt;Radio" in offered.text
    shown = browser.post(path)
    token = re.search(r'<code id="token">([\w-]{43})</code>', shown.text)
    assert token
    assert shown.headers["cache-control"] == "no-store"
    caller = caller_of_token(workspace.vault, "u-b-radio-b-2", token[1], None, clock())
    assert isinstance(caller, Caller)
    assert caller.partner == partner
    machines = workspace.vault.machines.of_partner(partner.id)
    assert token[1] not in "".join(machine.model_dump_json() for machine in machines)
    for again in (browser.get(path), browser.post(path)):
        assert again.status_code == 404
        assert "This link does not work" in again.text


def test_a_link_that_is_too_old_or_made_up_shows_nothing(
    workspace: Workspace, visitor: Visitor, clock: StillClock, partner: Partner
) -> None:
    path = f"/enrol/{invite(workspace.vault, partner, hours=1, now=clock())}"
    clock.now += timedelta(hours=1)
    for address in (path, "/enrol/made-up"):
        assert visitor(None).post(address).status_code == 404
    assert len(workspace.vault.machines.of_partner(partner.id)) == 1


def test_a_form_elsewhere_cannot_use_a_link_up(
    workspace: Workspace, visitor: Visitor, clock: StillClock, partner: Partner
) -> None:
    path = f"/enrol/{invite(workspace.vault, partner, now=clock())}"
    assert visitor(None).post(path, headers={"origin": "https://elsewhere.example"}).status_code == 403
    assert visitor(None).get(path).status_code == 200
