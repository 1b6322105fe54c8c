"""The desk in a real Chromium."""

import json
import re

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CHECKS, Visit
from tests.made_up_desk import (
    APPROVED_AD,
    CASE,
    CLEAR_INDICATOR,
    DISPUTE,
    HELD_AD,
    INDICATOR,
    MEMBERS,
    PARTNER,
    PASSWORD,
    REQUEST,
)

pytestmark = pytest.mark.browser

# The colour of an account that stands for itself (--mark-0, light), as blue, green, red.
DOT = np.array([0xA8, 0x64, 0x0B])


def open_network(page: Page) -> None:
    page.goto("/desk/networks")
    page.locator("tbody a").first.click()


def picture(page: Page) -> np.ndarray:
    stage = page.locator("#picture")
    expect(stage).to_be_visible()
    expect(stage.locator("canvas").first).to_be_visible()
    image = cv2.imdecode(np.frombuffer(stage.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image


def drawn_picture(page: Page) -> np.ndarray:
    """Return the picture once WebGL has brought it to the screen."""
    for _ in range(50):
        image = picture(page)
        if dots(image):
            return image
    raise AssertionError("no dot was drawn")


def dots(image: np.ndarray) -> list[tuple[int, int]]:
    """Return the middles of the dots in a picture."""
    mask = (np.abs(image.astype(int) - DOT).max(axis=2) < 12).astype(np.uint8)
    _, _, stats, middles = cv2.connectedComponentsWithStats(mask)
    return [
        (round(x), round(y)) for (x, y), stat in zip(middles[1:], stats[1:], strict=True) if stat[cv2.CC_STAT_AREA] > 20
    ]


def test_a_person_signs_in_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit.page
    page.goto("/desk/cases")
    expect(page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()


def test_the_picture_is_drawn_and_zooms(visit: Visit) -> None:
    visit.sign_in()
    open_network(visit.page)
    before = drawn_picture(visit.page)
    assert len(dots(before)) == MEMBERS
    visit.page.get_by_role("button", name="Zoom in").click()
    visit.page.wait_for_timeout(600)  # the camera glides
    assert not np.array_equal(before, picture(visit.page))


def test_choosing_a_dot_shows_its_pairs_in_the_tables(visit: Visit) -> None:
    visit.sign_in()
    open_network(visit.page)
    x, y = dots(drawn_picture(visit.page))[0]
    visit.page.locator("#picture").click(position={"x": x, "y": y})
    expect(visit.page.locator("#picture-said")).to_contain_text(f"{MEMBERS - 1} pairs in the table below")
    expect(visit.page.locator("#members tr.chosen")).to_have_count(1)
    expect(visit.page.locator("#pairs tbody tr:visible")).to_have_count(MEMBERS - 1)
    visit.page.get_by_role("button", name="Show all accounts").click()
    expect(visit.page.locator("#pairs tbody tr:visible")).to_have_count(MEMBERS * (MEMBERS - 1) // 2)


def test_an_account_is_chosen_from_the_table_by_keyboard(visit: Visit) -> None:
    visit.sign_in()
    open_network(visit.page)
    button = visit.page.locator("#members button").first
    button.focus()
    visit.page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(visit.page.locator("#pairs tbody tr:visible")).to_have_count(MEMBERS - 1)


def test_without_webgl_the_tables_remain(visit: Visit) -> None:
    visit.context.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind.startsWith('webgl') ? null : real.call(this, kind, ...rest); };"
    )
    visit.sign_in()
    open_network(visit.page)
    expect(visit.page.locator("#picture-said")).to_contain_text("The tables below hold the same facts")
    expect(visit.page.locator("#picture")).to_be_hidden()
    expect(visit.page.locator("#members tbody tr")).to_have_count(MEMBERS)
    assert len(visit.wrong) == 1
    assert "getParameter" in visit.wrong.pop(), "Sigma says that there is no WebGL, and nothing else goes wrong"


def test_the_checks_find_what_is_wrong(visit: Visit) -> None:
    visit.page.goto("/sign-in")
    visit.page.evaluate("document.querySelector('label').remove()")
    visit.page.evaluate("document.querySelector('h1').style.color = '#bbb'")
    found = visit.page.evaluate(CHECKS)
    assert [problem.partition(":")[0] for problem in found] == ["a field has no label", "contrast is only 1.89"]


def test_without_javascript_the_picture_stands_still(plain_visit: Visit) -> None:
    plain_visit.sign_in()
    open_network(plain_visit.page)
    expect(plain_visit.page.locator("svg.still circle")).to_have_count(MEMBERS)
    expect(plain_visit.page.locator("svg.timeline")).to_be_visible()
    expect(plain_visit.page.locator("#picture")).to_be_hidden()


def test_a_search_answers_while_one_types(visit: Visit) -> None:
    page = visit.page
    page.goto("/library")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Words").press_sequentially("tuesday")
    expect(page.locator("#total")).to_have_text("1 ad")
    expect(page.locator("#results article")).to_have_count(1)
    page.get_by_label("Decision").select_option("reject")
    expect(page.locator("#results")).to_contain_text("No ad fits.")
    assert "text=tuesday" in page.url
    assert page.evaluate("window.sameDocument")
    page.reload()
    expect(page.get_by_label("Words")).to_have_value("tuesday")


def test_a_search_works_without_javascript(plain_visit: Visit) -> None:
    page = plain_visit.page
    page.goto("/")
    page.get_by_label("Search the ad library").fill("tuesday")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#total")).to_have_text("1 ad")
    page.locator("#results h3 a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ad by League of Examples")


def test_a_reviewer_decides_a_case_and_takes_its_bundle(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("rev")
    page.goto(f"/desk/cases/{CASE}")
    page.get_by_text("The facts as found").first.click()
    page.get_by_label("In review").check()
    page.get_by_label("Reason").fill("The domain is registered by another.")
    page.get_by_role("button", name="Sign this decision").click()
    expect(page.locator(".decided .badge")).to_contain_text("In review")
    expect(page.get_by_text("The domain is registered by another.")).to_be_visible()
    page.get_by_label("Recipient").fill("Harbour Watch")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the STIX 2.1 bundle").click()
    assert json.loads(started.value.path().read_text())["type"] == "bundle"
    assert re.fullmatch(r"case--[0-9a-f-]{36}\.stix\.json", started.value.suggested_filename)


def test_an_account_holder_objects_and_the_indicator_is_taken_back(visit: Visit) -> None:
    page = visit.page
    visit.sign_in("rev")
    page.goto(f"/desk/indicators/{CLEAR_INDICATOR}")
    page.get_by_label("Reason").first.fill("A newspaper")
    page.get_by_role("button", name="Give this opinion").click()
    expect(page.locator("#said")).to_contain_text("A newspaper")
    page.get_by_text("Write a dispute down").click()
    page.get_by_label("What they say").fill("This is our site")
    page.get_by_role("button", name="Open the dispute").click()
    expect(page.locator(".decided")).to_contain_text("Open")
    page.get_by_label("Right: the indicator is retracted").check()
    page.get_by_label("Answer", exact=True).fill("It is yours")
    page.get_by_role("button", name="Sign this answer").click()
    expect(page.locator(".decided")).to_contain_text("Upheld")
    page.goto(f"/desk/indicators/{CLEAR_INDICATOR}")
    expect(page.locator(".decided")).to_contain_text("Retracted")
    expect(page.get_by_role("button", name="Retract this indicator")).to_have_count(0)


ADDRESSES = (
    "/",
    "/library",
    f"/library/ads/{HELD_AD}",
    f"/library/ads/{APPROVED_AD}",
    "/sign-in",
    "/desk",
    "/desk/networks",
    "/desk/networks/over-time",
    "/desk/cases",
    f"/desk/cases/{CASE}",
    "/desk/indicators?text=herald",
    "/desk/hits",
    "/desk/ads",
    f"/desk/indicators/{INDICATOR}",
    "/desk/disputes",
    f"/desk/disputes/{DISPUTE}",
    "/desk/partners",
    f"/desk/partners/{PARTNER}",
    "/desk/collections",
    "/desk/requests",
    f"/desk/requests/{REQUEST}",
    "/desk/releases",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_usable_by_everyone(browser: Browser, desk: str, scheme: str, width: int) -> None:
    visit = Visit(browser, desk, color_scheme=scheme, viewport={"width": width, "height": 800})
    visit.sign_in()
    page = visit.page
    page.goto("/desk/networks")
    network = page.locator("tbody a").first.get_attribute("href")
    assert network
    problems = {}
    for address in (*ADDRESSES, network, f"{network}/pair?a=twitter:100&b=twitter:101"):
        page.goto(address)
        problems[address] = page.evaluate(CHECKS)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems[address].append("the page is wider than the window")
    visit.context.close()
    assert {address: found for address, found in problems.items() if found} == {}
    assert visit.wrong == []
