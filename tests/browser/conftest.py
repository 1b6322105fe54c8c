import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import made_up_desk
from watchbell.desk.ads.overview import make_overviews
from watchbell.vault.workspace import Workspace
from watchbell.web.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
CHECKS = Path(__file__).with_name("checks.js").read_text()
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Serve a workspace on a free port, and yield its address."""
    with Workspace.open(root) as workspace:
        server = uvicorn.Server(uvicorn.Config(create_app(workspace), port=0, log_level="warning"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        host, port = server.servers[0].sockets[0].getsockname()
        yield f"http://{host}:{port}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the made-up desk, and return its address."""
    root = tmp_path_factory.mktemp("desk") / "workspace"
    made_up_desk.build(root)
    with Workspace.open(root) as workspace:
        make_overviews(workspace.vault, made_up_desk.NOW)
    with served(root) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


class Visit:
    """A browser window at the desk that notes all that goes wrong in it."""

    def __init__(self, browser: Browser, desk: str, **options: Any) -> None:
        self.context: BrowserContext = browser.new_context(base_url=desk, **options)
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda told: self.wrong.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("response", lambda got: self.wrong.append(f"{got.status} {got.url}") if got.status > 399 else None)
        self.page.on("request", lambda sent: None if sent.url.startswith(desk) else self.wrong.append(sent.url))

    def sign_in(self, name: str = "rev") -> None:
        self.page.goto("/sign-in")
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill(made_up_desk.PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/desk")


@pytest.fixture
def visit(browser: Browser, desk: str) -> Iterator[Visit]:
    """A visit in which nothing may go wrong: no error, no refused script, no request to another place."""
    visit = Visit(browser, desk, viewport={"width": 1280, "height": 900})
    yield visit
    visit.context.close()
    assert visit.wrong == []


@pytest.fixture
def plain_visit(browser: Browser, desk: str) -> Iterator[Visit]:
    """A visit without JavaScript."""
    visit = Visit(browser, desk, java_script_enabled=False)
    yield visit
    visit.context.close()
    assert visit.wrong == []
