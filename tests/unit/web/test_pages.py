"""What a visitor sees when something goes wrong."""

import pytest
from fastapi.testclient import TestClient

from tests.unit.web.conftest import HOST, StillClock
from watchbell.vault.workspace import Workspace
from watchbell.web import library
from watchbell.web.app import create_app
from watchbell.web.gate import HEADERS


def test_a_failure_tells_nothing_of_itself_and_keeps_the_headers(
    workspace: Workspace, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the password is opensesame")

    monkeypatch.setattr(library, "read_form", fail)
    app = create_app(workspace, clock=clock)
    answer = TestClient(app, base_url=HOST, raise_server_exceptions=False).get("/library")
    assert answer.status_code == 500
    assert "opensesame" not in answer.text
    assert HEADERS.items() <= dict(answer.headers).items()
