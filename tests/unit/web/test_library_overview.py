"""The library in sums, for anyone: the page, and each figure as JSON and CSV."""

import csv
import io

import pytest

from tests.made_up_desk import HOSTILE, NOW
from tests.unit.web.conftest import Visitor
from tests.unit.web.test_payer_pages import ad, payers, shown
from watchbell.desk.ads.overview import make_overviews
from watchbell.vault.workspace import Workspace
from watchbell.web.overview_api import Figure

__all__ = ["payers"]


@pytest.fixture
def summed(payers: Workspace) -> Workspace:
    payers.vault.ads.add([ad(5, "=cmd|' /C calc'!A0", started_at="2026-10-02T00:00:00Z")])
    make_overviews(payers.vault, NOW)
    return payers


def test_before_the_first_night_the_page_says_so(visitor: Visitor) -> None:
    assert "No sums were made yet" in shown(visitor, "/library/overview")
    answer = visitor(None).get("/api/v1/overview")
    assert answer.status_code == 404
    assert "nightly job" in answer.json()["error"]["message"]


@pytest.mark.usefixtures("summed")
def test_the_page_tells_sums_pictures_and_what_they_rest_on(visitor: Visitor) -> None:
    html = shown(visitor, "/library/overview?country=us")
    assert '<option value="US" selected>' in html
    for words in ("As of", "Who paid most", "/library/payer?name=Acme", "200 to 998", "1,200 ads", "Ohio: 2 ads"):
        assert words in html
    assert "/library/overview?country=US</code>" in html
    assert "/library/overview" in shown(visitor, "/library")
    assert "No ad fits this choice" in shown(visitor, "/library/overview?country=zz")
    assert "by day" in shown(visitor, "/library/overview?country=US&span=2026-10")


@pytest.mark.usefixtures("summed")
def test_each_figure_comes_as_json_and_as_csv(visitor: Visitor) -> None:
    reader = visitor(None)
    everything = reader.get("/api/v1/overview").json()
    assert everything["rests_on"]["ads_with_spend"] <= everything["ads"]
    for figure in Figure:
        one = reader.get("/api/v1/overview", params={"figure": figure}).json()
        assert one[figure] == everything[figure]
        answer = reader.get("/api/v1/overview", params={"figure": figure, "form": "csv"})
        assert answer.headers["content-type"].startswith("text/csv")
        assert len(list(csv.DictReader(io.StringIO(answer.text, newline="")))) == len(one[figure])
    names = {row["name"] for row in everything["payers"]}
    assert {"Acme", HOSTILE} <= names
    assert "'=cmd" in reader.get("/api/v1/overview?figure=payers&form=csv").text


def test_what_cannot_be_asked_is_said(visitor: Visitor) -> None:
    assert visitor(None).get("/api/v1/overview?contry=us").status_code == 400
    assert visitor(None).get("/api/v1/overview?figure=all").status_code == 400
