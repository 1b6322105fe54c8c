"""From which address a visitor comes, and who may say so."""

import pytest
from fastapi import Request
from starlette.testclient import TestClient

from tests.made_up_desk import APPROVED_AD
from watchbell.desk.exchange.outgoing import networks_named
from watchbell.errors import UsageError
from watchbell.vault.workspace import Workspace
from watchbell.web.app import create_app
from watchbell.web.visitors import visitor_address

PROXIES = tuple(networks_named(["10.0.0.0/8", "::1"], "trusted_proxies"))
HOST = "http://localhost"


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("::ffff:10.0.0.1", ["192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
        ("10.0.0.1", ["192.0.2.7, 10.0.0.2"], "192.0.2.7"),
        ("10.0.0.1", ["198.51.100.1", "192.0.2.7, 10.0.0.2"], "192.0.2.7"),
        ("::1", ["2001:db8::7"], "2001:db8::7"),
        ("10.0.0.1", ["192.0.2.7:555"], "192.0.2.7"),
        ("10.0.0.1", ["198.51.100.1, [2001:db8::7]:44, 10.0.0.2:80"], "2001:db8::7"),
        ("10.0.0.1", ["[2001:db8::7]"], "2001:db8::7"),
        ("10.0.0.1", ["198.51.100.1, 192.0.2.7:port"], "10.0.0.1"),
        ("10.0.0.1", ["192.0.2.7, not an address"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
        ("192.0.2.9", ["198.51.100.1"], "192.0.2.9"),
        ("testclient", ["198.51.100.1"], ""),
    ],
)
def test_only_trusted_proxies_say_where_a_visitor_comes_from(peer: str, forwarded: list[str], address: str) -> None:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    request = Request({"type": "http", "client": (peer, 1), "headers": headers})
    assert visitor_address(request, PROXIES) == address
    if peer != "testclient":
        assert visitor_address(request, ()) == peer.removeprefix("::ffff:")


def test_seven_citizens_behind_one_proxy_flag_an_ad_each(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHBELL_TRUSTED_PROXIES", '["10.0.0.1"]')
    with Workspace.open(workspace.root) as opened:
        app = create_app(opened)
        for peer, answers in (("10.0.0.1", [303] * 7), ("10.0.0.2", [303] * 5 + [400] * 2)):
            browser = TestClient(app, base_url=HOST, client=(peer, 1), follow_redirects=False)
            sent = [
                browser.post(
                    f"/library/flag/{APPROVED_AD}",
                    data={"reason": "misleads_voters", "words": "A wrong day"},
                    headers={"origin": HOST, "x-forwarded-for": f"192.0.2.{citizen}"},
                )
                for citizen in range(7)
            ]
            assert [one.status_code for one in sent] == answers


def test_what_is_no_network_is_said_when_the_server_starts(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHBELL_TRUSTED_PROXIES", '["nginx"]')
    with Workspace.open(workspace.root) as opened, pytest.raises(UsageError, match="The setting trusted_proxies"):
        create_app(opened)
