"""Every route asked by every role, against the table in `permissions.golden`."""

import re
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from tests import made_up_desk
from tests.unit.web.conftest import Visitor
from watchbell.desk.investigations.networks import groups_of_run, latest_run
from watchbell.desk.permissions import Permission
from watchbell.vault.workspace import Workspace
from watchbell.web.app import ROUTERS
from watchbell.web.guard import guarded, permission_of

GOLDEN = Path(__file__).with_name("permissions.golden")
WHO = {"public": None, "analyst": "ana", "reviewer": "rev", "admin": "adm"}


def every_route() -> list[APIRoute]:
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def asked(client: TestClient, method: str, path: str) -> str:
    answer = client.request(method, path)
    if answer.headers.get("location", "").startswith("/sign-in"):
        return "sign-in"
    return "no" if answer.status_code == 403 else "yes"


def test_who_may_ask_for_what(workspace: Workspace, visitor: Visitor) -> None:
    run = latest_run(workspace)
    assert run
    values = {
        "group_id": groups_of_run(run)[0].group_id,
        "case_id": made_up_desk.CASE,
        "ad_id:path": made_up_desk.APPROVED_AD,
        "indicator_id": made_up_desk.INDICATOR,
        "partner_id": made_up_desk.PARTNER,
        "dispute_id": made_up_desk.DISPUTE,
        "request_id": made_up_desk.REQUEST,
        "release_id": "no-such-release",
        "secret": "no-such-link",
        "flag_id": "no-such-flag",
        "advertiser_id": "no-such-advertiser",
        "evidence_id": "no-such-evidence",
        "appeal_id": "no-such-appeal",
        "dump": "no-such-dump",
        "file": "ads.parquet",
        "sha256": "no-such-picture",
    }
    # The advertisers' counter has a table of its own: no role of the desk opens it.
    routes = [route for route in every_route() if isinstance(permission_of(route), Permission)]
    browsers = [visitor(name) for name in WHO.values()]
    lines = [f"{'':<45} " + " ".join(f"{who:<8}" for who in WHO)]
    # Signing out sorts last: it would change every later answer.
    for method, path in sorted((min(route.methods or ()), route.path) for route in routes):
        filled = re.sub(r"{(.*?)}", lambda found: values[found[1]], path)
        answers = [asked(browser, method, filled) for browser in browsers]
        lines.append(f"{method:<4} {path:<40} " + " ".join(f"{answer:<8}" for answer in answers))
    table = "\n".join(line.rstrip() for line in lines) + "\n"
    assert table == GOLDEN.read_text(), f"The table is now:\n{table}"


def test_a_route_without_a_permission_keeps_the_app_from_starting() -> None:
    router = APIRouter()
    router.add_api_route("/open", lambda: "anyone")
    with pytest.raises(RuntimeError, match="names no permission"):
        guarded(router)


def test_an_unknown_address_tells_the_public_nothing_of_the_desk(visitor: Visitor) -> None:
    assert visitor(None).get("/desk/cases/no-such-case").headers["location"].startswith("/sign-in")
    assert visitor("ana").get("/desk/cases/no-such-case").status_code == 404
