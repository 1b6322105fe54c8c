"""A reader without a mouse goes from the list of payers to a comparison, and flags an ad."""

import pytest

from tests.browser.conftest import CHECKS, Visit
from tests.made_up_desk import HELD_AD


def test_payers_are_compared_and_an_ad_is_flagged_by_keyboard(visit: Visit) -> None:
    page = visit.page
    page.goto("/library/payers")
    for name in ("League of Examples", "Payer & Sons"):
        page.get_by_role("checkbox", name=f"Compare {name}").focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Compare those ticked").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="2 payers side by side").wait_for()
    page.get_by_role("link", name="Payer & Sons").click()
    page.get_by_role("img", name="Spend in USD by month").wait_for()
    page.get_by_text("The same as a table").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("row", name="2026-10 1 100 to 499").is_visible()
    page.goto(f"/library/ads/{HELD_AD}")
    page.get_by_role("link", name="Flag this ad").click()
    page.get_by_role("radio", name="Somebody else paid than it says").check()
    page.get_by_label("In your words").fill("They paid for it in cash.")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/library/flags/*")
    assert page.get_by_text("Waits for an answer").is_visible()


def test_a_year_s_sums_are_reached_by_keyboard(visit: Visit) -> None:
    page = visit.page
    page.goto("/library")
    page.get_by_role("link", name="All of it in sums").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Election or time").focus()
    page.keyboard.type("2026")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/overview?country=&span=2026")
    page.get_by_role("img", name="Spend in USD over time").wait_for()
    assert page.evaluate(CHECKS) == []


@pytest.mark.parametrize("width", [360, 1280])
def test_no_public_page_is_wider_than_its_window(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    compared = "/library/compare?payer=League+of+Examples&payer=Payer+%26+Sons"
    ad = f"/library/ads/{HELD_AD}"
    for address in (
        "/library",
        "/library/overview",
        "/library/payers",
        "/library/payer?name=Payer+%26+Sons",
        compared,
        "/library/api",
        ad,
    ):
        visit.page.goto(address)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_desk_s_links_stand_in_one_row_at_1280(visit: Visit) -> None:
    visit.sign_in()
    links = visit.page.get_by_role("navigation", name="Desk").get_by_role("link")
    assert len({round(box["y"]) for link in links.all() if (box := link.bounding_box())}) == 1
