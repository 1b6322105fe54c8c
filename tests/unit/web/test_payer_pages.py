"""Who pays: the list, a payer's page, and payers side by side, for anyone."""

import re
from decimal import Decimal
from urllib.parse import quote_plus

import pytest

from tests.made_up_desk import HELD_AD, HOSTILE, NOW
from tests.unit.web.conftest import Visitor
from watchbell.desk.ads.library import remove_ad
from watchbell.desk.ads.likeness import group_pictures
from watchbell.model.ads import Ad, Money, Removal, RemovalReason, Targeting
from watchbell.vault.workspace import Workspace


def ad(number: int, payer: str, **more: object) -> Ad:
    spend = Money(currency="USD", lower=Decimal(100), upper=Decimal(499))
    told = {"id": f"jsonl:p{number}", "source": "jsonl", "platform": "facebook", "payer": payer, "spend": spend}
    return Ad.model_validate(told | {"country": "US", "text": f"Words of ad {number}"} | more)


@pytest.fixture
def payers(workspace: Workspace) -> Workspace:
    ohio, texas = (Targeting(dimension="region", value=name) for name in ("Ohio", "Texas"))
    woman = Targeting(dimension="gender", value="FEMALE")
    workspace.vault.ads.add(
        [
            ad(1, "Acme", targeting=(ohio,), started_at="2026-09-01T00:00:00Z"),
            ad(2, "Acme", targeting=(ohio, texas, woman), started_at="2026-10-01T00:00:00Z"),
            ad(3, "Zebra", sums_up=1200, text=None),
            ad(4, HOSTILE),
        ]
    )
    return workspace


def shown(visitor: Visitor, address: str) -> str:
    answer = visitor(None).get(address)
    assert answer.status_code == 200
    html: str = answer.text
    assert HOSTILE not in html
    return html


@pytest.mark.usefixtures("payers")
def test_the_list_leads_to_each_payer(visitor: Visitor) -> None:
    html = shown(visitor, "/library/payers")
    names = re.findall(r'href="(/library/payer\?name=[^"]+)"', html)
    assert len(names) == 5
    for name in names:
        shown(visitor, name)
    assert "Zebra" not in shown(visitor, "/library/payers?begins=a")


@pytest.mark.usefixtures("payers")
def test_a_payer_s_page_tells_sums_with_bounds_places_and_how_we_know(visitor: Visitor) -> None:
    html = shown(visitor, "/library/payer?name=ACME")
    for words in ("Paid for 2 ads", "Only what the source says", "998", "798", "Ohio: 2 ads", "100 to 998", "0 to 499"):
        assert words in html
    assert html.count('role="img"') == 2


@pytest.mark.usefixtures("payers")
def test_what_a_report_sums_up_is_told_apart(visitor: Visitor) -> None:
    html = shown(visitor, "/library/payer?name=Zebra")
    assert "over 1,200 ads" in html
    assert "only the sums of a report" in html


@pytest.mark.usefixtures("payers")
def test_two_payers_stand_side_by_side_with_the_texts_they_share(visitor: Visitor, payers: Workspace) -> None:
    payers.vault.ad_sums.put_likeness({"jsonl:p1": "jsonl:p1", HELD_AD: "jsonl:p1"})
    html = shown(visitor, f"/library/compare?payer=Acme&payer={quote_plus('Payer & Sons')}&payer=acme")
    assert "2 payers side by side" in html
    assert 'href="/library/ads/jsonl%3Ap1#alike"' in html
    assert "Payer &amp; Sons" in shown(visitor, "/library/ads/jsonl:p1")


@pytest.mark.usefixtures("payers")
def test_less_than_two_or_more_than_four_are_not_compared(visitor: Visitor) -> None:
    assert visitor(None).get("/library/compare?payer=Acme").headers["location"] == "/library/payer?name=Acme"
    for query in ("", "payer=a&payer=b&payer=c&payer=d&payer=e"):
        answer = visitor(None).get(f"/library/compare?{query}")
        assert answer.status_code == 400
        assert "Tick two to four payers" in answer.text
    assert visitor(None).get("/library/payer?name=Nobody").status_code == 404


def test_an_ad_whose_content_is_hidden_shows_no_likeness(visitor: Visitor, payers: Workspace) -> None:
    payers.vault.ad_sums.put_likeness({"jsonl:p1": "jsonl:p1", "jsonl:p2": "jsonl:p1"})
    removal = Removal(reason=RemovalReason.COURT_ORDER, by="The house", at=NOW)
    remove_ad(payers.vault, "jsonl:p1", removal, by="rev")
    for ad_id in ("jsonl:p1", "jsonl:p2"):
        html = shown(visitor, f"/library/ads/{ad_id}")
        assert 'id="alike"' not in html
        assert "Words of ad 1" not in html
    assert "Paid for 1 ad of" in shown(visitor, "/library/payer?name=Acme")


@pytest.mark.usefixtures("payers")
def test_a_payer_s_figures_come_as_json_with_the_same_bounds(visitor: Visitor) -> None:
    listed = visitor(None).get("/api/v1/payers?begins=acm").json()["data"]
    assert [(one["name"], one["records"]) for one in listed] == [("Acme", 2)]
    answer = visitor(None).get(listed[0]["payer"])
    assert answer.headers["access-control-allow-origin"] == "*"
    [dollars] = answer.json()["spending"]
    assert (dollars["lower_bound"], dollars["upper_bound"]) == ("200", "998")
    assert dollars["places"][0] == {"name": "Ohio", "ads": 2, "lower_bound": "100", "upper_bound": "998"}
    assert visitor(None).get("/api/v1/payer?name=Nobody").status_code == 404
    assert visitor(None).get("/api/v1/payer?name=Zebra").json()["reports"]["ads"] == 1200


@pytest.mark.usefixtures("payers")
def test_a_payers_page_tells_of_the_ads_of_one_place_or_time_alone(visitor: Visitor) -> None:
    html = shown(visitor, "/library/payer?name=Acme&place=texas")
    assert "All figures below are of the 1 ad  aimed at texas" in html.replace("\n", " ")
    assert "place=texas</code>" in html
    assert 'href="/api/v1/payer?name=Acme&amp;place=texas"' in html
    assert visitor(None).get("/api/v1/payer?name=Acme&place=texas").json()["ads"] == 1
    assert "No ad of this payer was aimed at Utah" in shown(visitor, "/library/payer?name=Acme&place=Utah")
    assert "Paid for 2 ads" in shown(visitor, "/library/payer?name=Acme&election=us-general-2026")
    assert "None of their ads" in shown(visitor, "/library/payer?name=Acme&election=us-general-2024")


def test_a_payers_page_tells_who_saw_their_ads(workspace: Workspace, visitor: Visitor) -> None:
    seen = ({"share": "0.25", "age": "65+", "gender": "female"}, {"share": "0.75", "age": "18-24", "gender": "male"})
    shown_often = {"impressions": {"lower": 100, "upper": 100}, "seen_by": seen}
    workspace.vault.ads.add([ad(1, "Acme", **shown_often), ad(2, "Acme")])
    html = shown(visitor, "/library/payer?name=Acme")
    for words in ("Of 1 ad among 2 (50%)", "exactly 100 times", "65+, female", "25.0%"):
        assert words in html
    told = visitor(None).get("/api/v1/payer?name=Acme").json()["seen"]
    assert (told["ads"], told["people"][0]) == (1, {"name": "18-24, male", "lower": 0.75, "upper": 0.75})


def test_payers_with_the_same_picture_are_told_of(workspace: Workspace, visitor: Visitor) -> None:
    one = {"name": "a.png", "sha256": "a" * 64, "pdq": "0f" * 32, "media_type": "image/png"}
    ads = [ad(n, payer, media=["a.png"], pictures=[one]) for n, payer in ((1, "Acme"), (2, "Acme"), (3, "Zebra"))]
    workspace.vault.ads.add(ads)
    assert group_pictures(workspace.vault) == 1
    html = shown(visitor, "/library/compare?payer=Zebra&payer=Acme")
    assert "Ads that show nearly the same picture" in html
    assert "/library/ads/jsonl%3Ap3#alike-pictures" in html
    only = shown(visitor, "/library/compare?payer=Acme&payer=" + quote_plus("Payer & Sons"))
    assert "show nearly the same picture" not in only
