"""A reviewer decides what an advertiser showed, in a real Chromium."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests import made_up_payers
from tests.browser.conftest import CHECKS, Visit, served
from tests.made_up_desk import PASSWORD
from tests.made_up_payers import ADVERTISER, RUNS
from watchbell.clock import system_clock
from watchbell.desk.accounts import add_user
from watchbell.desk.advertisers.office import office_in
from watchbell.model.partners import Role
from watchbell.vault.workspace import Workspace

pytestmark = pytest.mark.browser

PAGE = f"/desk/advertisers/{ADVERTISER}"


def card() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (320, 200), "lightgrey").save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[str]:
    root = tmp_path / "workspace"
    Workspace.create(root).close()
    (root / "watchbell.toml").write_text(f"identity_key_file = '{made_up_payers.key_beside(tmp_path)}'")
    with Workspace.open(root) as workspace:
        made_up_payers.add_advertisers(office_in(workspace), system_clock(), card())
        for name in ("rev", "kim"):
            add_user(workspace.vault, name, Role.REVIEWER, PASSWORD, system_clock())
    with served(root) as address:
        yield address


def problems_of(visit: Visit, address: str) -> list[str]:
    visit.page.goto(address)
    wide = visit.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    found: list[str] = visit.page.evaluate(CHECKS)
    return found + (["the page is wider than the window"] if wide else [])


def test_a_reviewer_sees_the_document_decides_thinks_again_and_the_ads_run(browser: Browser, counter: str) -> None:
    rev = Visit(browser, counter, viewport={"width": 1280, "height": 900})
    kim = Visit(browser, counter, color_scheme="dark", viewport={"width": 390, "height": 800})
    for visit, name in ((rev, "rev"), (kim, "kim")):
        visit.sign_in(name)
    page = rev.page
    page.get_by_role("link", name="2 pieces of what advertisers showed").click()
    page.get_by_role("region", name="What waits for a person").get_by_role("link").first.click()
    page.get_by_role("button", name="Look at this evidence").click()
    page.get_by_text("Look at the document here").click()
    picture = page.locator("img.document")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 320)
    assert problems_of(rev, PAGE) == []
    assert [problems_of(kim, one) for one in (PAGE, "/desk/advertisers", "/desk/appeals")] == [[], [], []]
    kim.page.goto(PAGE)
    expect(kim.page.get_by_text("rev is looking at this")).to_be_visible()
    for taken_back in (True, False):
        page.get_by_label("It shows what it must").check()
        page.get_by_label("Reason").fill("Face and name agree.")
        page.get_by_role("button", name="Sign this decision").click()
        expect(page.get_by_text("Confirmed Organization")).to_be_visible()
        if taken_back:
            page.get_by_role("button", name="Take my decision back").click()
            page.get_by_role("button", name="Look at this evidence").click()
    page.goto(f"/library/ads/{RUNS}")
    expect(page.get_by_text("Runs", exact=False).first).to_be_visible()
    for visit in (rev, kim):
        visit.context.close()
        assert visit.wrong == []
