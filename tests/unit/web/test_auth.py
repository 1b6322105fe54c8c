from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from tests.made_up_desk import PASSWORD
from tests.unit.web.conftest import HOST, StillClock, Visitor
from watchbell.desk.accounts import Attempts, disable_user
from watchbell.vault.workspace import Workspace
from watchbell.web.app import create_app
from watchbell.web.auth import own_path
from watchbell.web.guard import COOKIE

RIGHT = {"username": "ana", "password": PASSWORD}
WRONG = {"username": "ana", "password": "wrong password here"}


def test_a_person_signs_in_and_out(visitor: Visitor) -> None:
    browser = visitor(None)
    assert browser.get("/desk").headers["location"] == "/sign-in?next=/desk"
    answer = browser.post("/sign-in", data=RIGHT | {"next": "/desk/cases"})
    assert answer.headers["location"] == "/desk/cases"
    assert browser.get("/desk").status_code == 200
    browser.post("/sign-out")
    assert browser.get("/desk").status_code == 303


def test_signing_out_ends_the_session_and_not_only_the_cookie(visitor: Visitor) -> None:
    browser = visitor("ana")
    token = browser.cookies[COOKIE]
    browser.post("/sign-out")
    browser.cookies.set(COOKIE, token)
    assert browser.get("/desk").status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(workspace: Workspace) -> None:
    answer = TestClient(create_app(workspace, https=True), base_url="https://desk.example").post(
        "/sign-in", data=RIGHT, headers={"origin": "https://desk.example"}, follow_redirects=False
    )
    cookie = answer.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "secure", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert answer.headers["strict-transport-security"]


def test_the_token_is_kept_as_a_hash_only(workspace: Workspace, visitor: Visitor) -> None:
    token = visitor("ana").cookies[COOKIE]
    stored = b"".join(file.read_bytes() for file in workspace.root.glob("watchbell.db*"))
    assert b"ana" in stored
    assert token.encode() not in stored


@pytest.mark.parametrize(
    "form", [WRONG, {"username": "nobody", "password": PASSWORD}, RIGHT | {"password": "x" * 1024}]
)
def test_a_wrong_name_or_password_gets_one_and_the_same_answer(visitor: Visitor, form: dict[str, str]) -> None:
    answer = visitor(None).post("/sign-in", data=form)
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert "set-cookie" not in answer.headers


def test_guessing_is_slowed_down_and_forgiven_in_time(visitor: Visitor, clock: StillClock) -> None:
    browser = visitor(None)
    for _ in range(Attempts.FREE):
        assert browser.post("/sign-in", data=WRONG).status_code == 401
    assert browser.post("/sign-in", data=RIGHT).status_code == 429
    assert browser.post("/sign-in", data=RIGHT | {"username": "rev"}).status_code == 303
    clock.now += timedelta(seconds=3)
    assert browser.post("/sign-in", data=RIGHT).status_code == 303


def test_a_session_ends_by_itself(workspace: Workspace, visitor: Visitor, clock: StillClock) -> None:
    browser = visitor(None)
    browser.post("/sign-in", data=RIGHT)
    clock.now += timedelta(hours=workspace.settings.session_hours, seconds=-1)
    assert browser.get("/desk").status_code == 200
    clock.now += timedelta(seconds=1)
    assert browser.get("/desk").status_code == 303


def test_a_disabled_person_is_out_at_once(workspace: Workspace, visitor: Visitor, clock: StillClock) -> None:
    browser = visitor("ana")
    disable_user(workspace.vault, "ana", clock())
    assert browser.get("/desk").status_code == 303
    assert browser.post("/sign-in", data=RIGHT).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": HOST + ".evil.example"},
        {"origin": HOST, "sec-fetch-site": "cross-site"},
        {"origin": HOST, "sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_another_site_is_refused(visitor: Visitor, headers: dict[str, str]) -> None:
    assert visitor("ana").post("/sign-out", headers=headers).status_code == 403


def test_a_huge_form_is_refused_before_it_is_read(visitor: Visitor) -> None:
    assert visitor(None).post("/sign-in", data=RIGHT | {"next": "x" * 70_000}).status_code == 413


def test_a_form_of_no_stated_length_is_refused(visitor: Visitor) -> None:
    assert visitor(None).post("/sign-in", content=iter([b"username=ana"])).status_code == 411


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil", "", "/a\r\nb: c"]
)
def test_nobody_is_led_to_another_site(to: str) -> None:
    assert own_path(to) == "/desk"


def test_a_script_of_the_page_is_told_to_sign_in_again(visitor: Visitor) -> None:
    answer = visitor(None).get("/desk/indicators", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=/desk/indicators")
