import shutil
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests import made_up_desk
from tests.advertiser_accounts import Mailbox
from watchbell.desk.accounts import open_session
from watchbell.desk.advertisers import accounts as advertiser_accounts
from watchbell.desk.advertisers import senders
from watchbell.desk.advertisers.identity_key import IdentityKey
from watchbell.desk.advertisers.office import Office, office_in
from watchbell.desk.advertisers.senders import Way
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.vault.workspace import Workspace
from watchbell.web.app import create_app
from watchbell.web.guard import COOKIE, COUNTER_COOKIE

with warnings.catch_warnings():
    # Starlette's client runs on httpx and says that it would rather have httpx2.
    warnings.filterwarnings("ignore", message="Using `httpx`")
    from fastapi.testclient import TestClient

Visitor = Callable[[str | None], TestClient]
Browser = Callable[[AdvertiserAccount | None], TestClient]
HOST = "http://desk.example"
SESSION_HOURS = 12


@pytest.fixture(scope="session")
def built_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("desk") / "workspace"
    made_up_desk.build(root)
    return root


@pytest.fixture
def workspace(built_desk: Path, tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(shutil.copytree(built_desk, tmp_path / "workspace")) as opened:
        yield opened


class StillClock:
    """A clock that the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> StillClock:
    return StillClock(made_up_desk.NOW)


@pytest.fixture
def visitor(workspace: Workspace, clock: StillClock) -> Visitor:
    """Return a function that gives the browser of a person, signed in by name; None is the public."""
    app = create_app(workspace, clock=clock)

    def browser(name: str | None) -> TestClient:
        client = TestClient(app, base_url=HOST, headers={"origin": HOST}, follow_redirects=False)
        if name is not None:
            user = workspace.vault.users.get(name)
            assert user
            client.cookies.set(COOKIE, open_session(workspace.vault, user, clock(), SESSION_HOURS).token)
        return client

    return browser


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    mailbox = Mailbox()
    monkeypatch.setitem(senders._REAL, Way.EMAIL, lambda _: mailbox)
    return mailbox


@pytest.fixture
def house(built_desk: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A house whose counter is open."""
    root = shutil.copytree(built_desk, tmp_path / "house")
    IdentityKey.make(tmp_path / "identity.key")
    (root / "watchbell.toml").write_text(f'advertiser_pages = true\nidentity_key_file = "{tmp_path}/identity.key"\n')
    with Workspace.open(root) as opened:
        yield opened


@pytest.fixture
def office(house: Workspace) -> Office:
    return office_in(house)


@pytest.fixture
def browser(house: Workspace, clock: StillClock) -> Browser:
    """Return a function that gives the browser of an account that is signed in; None is the public."""
    app = create_app(house, clock=clock)

    def opened(account: AdvertiserAccount | None) -> TestClient:
        client = TestClient(app, base_url=HOST, headers={"origin": HOST}, follow_redirects=False)
        if account is not None:
            client.cookies.set(
                COUNTER_COOKIE, advertiser_accounts.open_session(office_in(house), account, clock()).token
            )
        return client

    return opened
