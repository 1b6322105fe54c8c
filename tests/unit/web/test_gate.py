import pytest
from fastapi.testclient import TestClient

from tests.unit.web.conftest import Visitor
from watchbell.vault.workspace import Workspace
from watchbell.web.app import create_app


@pytest.fixture
def local(workspace: Workspace) -> TestClient:
    return TestClient(create_app(workspace, hosts=["localhost", "[::1]", "Desk.example"]), follow_redirects=False)


@pytest.mark.parametrize("path", ["/", "/library", "/sign-in", "/static/watchbell.css", "/desk", "/no-such-page"])
def test_head_is_answered_like_get_without_the_body(visitor: Visitor, path: str) -> None:
    browser = visitor(None)
    head, get = browser.head(path), browser.get(path)
    assert head.content == b""
    assert head.status_code == get.status_code
    assert {name for name in get.headers if name != "date"} == {name for name in head.headers if name != "date"}
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize("host", ["localhost", "localhost:8765", "LOCALHOST.", "[::1]:8765", "desk.example:443"])
def test_the_server_answers_to_its_own_names(local: TestClient, host: str) -> None:
    assert local.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "[::2]", "127.0.0.1"])
def test_the_server_refuses_other_names(local: TestClient, host: str) -> None:
    for path in ("/", "/taxii2/"):
        assert local.get(path, headers={"host": host}).status_code == 421


def test_machines_are_asked_for_no_origin_and_no_session_reaches_them(visitor: Visitor) -> None:
    browser = visitor("adm")
    assert browser.get("/taxii2/api/collections/").status_code == 401
    assert browser.post("/taxii2/api/collections/x/objects/", content=b"{}", headers={"origin": ""}).status_code == 401
    assert browser.post("/taxii2x", content=b"{}", headers={"origin": "https://elsewhere.example"}).status_code == 403
