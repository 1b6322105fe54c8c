"""The intake of large envelopes: partners take turns, and none is put away twice."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.taxii_server import indicator
from watchbell.clock import system_clock
from watchbell.desk.exchange import intake
from watchbell.desk.exchange.collections import finish_add
from watchbell.desk.exchange.intake import Intake
from watchbell.desk.exchange.partners import Caller, add_partner
from watchbell.model.collections import Access, Add, AddStatus
from watchbell.model.partners import PartnerKind, Scope
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "w") as opened:
        yield opened


def caller(workspace: Workspace, name: str) -> tuple[Caller, Access]:
    vault, now = workspace.vault, system_clock()
    made = add_partner(vault, name, PartnerKind.MEDIA, Tlp.GREEN, operator="House", now=now)
    [access] = vault.collections.open_to(made.partner, Scope, now, "exchange")
    return Caller(made.account, made.partner), access


def test_partners_take_turns_and_an_envelope_that_waits_long_is_put_away_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "AT_ONCE_BYTES", 0)
    begun, may_go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def slowly(vault: Vault, add: Add, *rest: object, **more: object) -> Add:
        begun.set()
        assert may_go_on.wait(10)
        done.append(add.partner_id)
        return finish_add(vault, add, *rest, **more)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(intake, "finish_add", slowly)
    (busy, busy_access), (calm, calm_access) = caller(workspace, "Busy"), caller(workspace, "Calm")
    times = [system_clock()]
    taken = Intake(workspace, lambda: times[-1])
    adds = []
    for _ in range(4):
        adds.append(taken.receive(busy, busy_access, json.dumps({"objects": [indicator()]}).encode()))
        assert begun.wait(10)
    adds.append(taken.receive(calm, calm_access, json.dumps({"objects": [indicator()]}).encode()))
    # The claims on those that stand in line run out; whoever asks for a status looks after what is left.
    times.append(times[0] + timedelta(hours=1))
    taken.resume()
    may_go_on.set()
    taken._thread.shutdown(wait=True)  # close() would leave what stands in line
    assert done == [busy.partner.id, busy.partner.id, calm.partner.id, busy.partner.id, busy.partner.id]
    states = [workspace.vault.adds.get(add.id) for add in adds]
    assert [state and (state.status, state.added) for state in states] == [(AddStatus.COMPLETE, 1)] * 5


def test_what_another_process_has_put_away_is_left_alone(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "AT_ONCE_BYTES", 0)
    who, access = caller(workspace, "Busy")
    first = Intake(workspace, system_clock)
    add = first.receive(who, access, json.dumps({"objects": [indicator()]}).encode())
    first._thread.shutdown(wait=True)
    assert not workspace.vault.adds.hold(add.id, system_clock())
    entries = [entry.event for entry in workspace.vault.ledger.entries()]
    again = Intake(workspace, system_clock)
    again._line_up(add)  # as when its claim ran out a moment before
    again._thread.shutdown(wait=True)
    assert [entry.event for entry in workspace.vault.ledger.entries()] == entries
