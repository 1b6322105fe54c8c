import re
from decimal import Decimal
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.made_up_desk import APPROVED_AD, HELD_AD, REJECTED_AD
from tests.unit.web.conftest import Visitor
from watchbell.model.ads import Seen
from watchbell.vault.workspace import Workspace
from watchbell.web.search_form import SearchForm, read_form

FIELDS = ["text", "payer", "place", "from", "until", "least", "election", "verdict", "sort"]
SHOWN = re.compile(r'href="/library/ads/([^"]+)"')


def ads_shown(visitor: Visitor, query: str) -> list[str]:
    answer = visitor(None).get(f"/library?{query}")
    assert answer.status_code == 200
    return [unquote(ad_id) for ad_id in SHOWN.findall(answer.text)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {HELD_AD, APPROVED_AD, REJECTED_AD}),
        ("text=register+TUESDAY", {APPROVED_AD}),
        ("text=league", {APPROVED_AD}),
        ("payer=league+of+examples", {APPROVED_AD}),
        ("verdict=review", {HELD_AD}),
        ("verdict=reject&text=", {REJECTED_AD}),
        ("platform=snapchat", {APPROVED_AD}),
        ("from=2026-10-01&until=2026-10-01", {HELD_AD}),
        ("until=2026-09-30", {APPROVED_AD}),
        ("from=2026-10-01&until=9999-12-31", {HELD_AD}),
        ("political=no", set()),
        ("advertiser=nothing", {HELD_AD}),
        ("place=OHIO&least=100", {HELD_AD}),
        ("least=101", set()),
        ("most=12.50", {APPROVED_AD}),
        ("removed=yes", set()),
        ("election=us-general-2026&country=", set()),
        ("election=eu-parliament-2029", set()),
        ("election=us-general-2026&verdict=review&country=XX", set()),
        ("text=%25", set()),
        ("verdict=nonsense&sort=nonsense&political=nonsense", {HELD_AD, APPROVED_AD, REJECTED_AD}),
    ],
)
def test_a_search_finds_what_it_asks_for(visitor: Visitor, query: str, expected: set[str]) -> None:
    assert set(ads_shown(visitor, query)) == expected


def test_pages_follow_each_other_without_a_gap(workspace: Workspace, visitor: Visitor) -> None:
    ad = workspace.vault.ads.get(APPROVED_AD)
    assert ad
    workspace.vault.ads.add(ad.model_copy(update={"id": f"jsonl:{n:03}"}) for n in range(60))
    seen, address = [], "/library?text=register"
    while address:
        html = visitor(None).get(address).text
        seen += SHOWN.findall(html)
        following = re.search(r'href="(/library\?[^"]+)" rel="next"', html)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 61


def test_a_day_that_cannot_be_read_is_said_beside_its_field(visitor: Visitor) -> None:
    html = visitor(None).get("/library?from=yesterday").text
    assert 'id="from-problem"' in html
    assert 'aria-describedby="from-problem"' in html


@pytest.mark.parametrize("query", ["cursor=nonsense", "cursor=e30="])
def test_a_forged_cursor_gets_a_sentence(visitor: Visitor, query: str) -> None:
    answer = visitor(None).get(f"/library?{query}")
    assert answer.status_code == 400
    assert "Start again at the first page" in answer.text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["text", "payer", "place", "from", "until", "least", "election", "verdict", "sort"]),
        st.text(max_size=10),
    )
)
def test_any_form_is_read(fields: dict[str, str]) -> None:
    asked = read_form(SearchForm.model_validate(fields))
    assert set(asked.problems) <= {"from", "until", "least", "most"}


def test_an_ad_tells_who_paid_how_much_and_whom_it_was_aimed_at(visitor: Visitor) -> None:
    html = visitor(None).get(f"/library/ads/{HELD_AD}").text
    for words in ("Payer &amp; Sons", "100 to 499 USD", "more than 1,000", "1 October 2026", "Ohio", "Kept away from"):
        assert words in html
    assert "first pass by rule, not a judgement by a person" in html
    assert "Held for a person: </strong>It names a way to vote that does not exist." in html
    assert "Made up for the demonstration." in html


def test_an_id_with_a_slash_and_a_space_has_a_page(visitor: Visitor) -> None:
    html = visitor(None).get(f"/library/ads/{REJECTED_AD}").text
    assert "Vote on Wednesday instead" in html
    assert "not disclosed" in html


def test_the_public_sees_no_confidential_hit_and_no_reviewers_name(visitor: Visitor) -> None:
    public = visitor(None).get(f"/library/ads/{HELD_AD}").text
    desk = visitor("ana").get(f"/library/ads/{HELD_AD}").text
    assert "clear.example" in public
    assert "confidential.example" not in public
    assert "decided by a person" in public
    assert "decided by rev" not in public
    assert "confidential.example" in desk
    assert "decided by rev" in desk


def test_an_address_that_a_partner_published_is_no_link(visitor: Visitor) -> None:
    html = visitor(None).get(f"/library/ads/{HELD_AD}").text
    assert "<code>https://www.herald-news.example/vote</code>" in html
    assert "<code>javascript:alert(1)</code>" in html
    harmless = visitor(None).get(f"/library/ads/{APPROVED_AD}").text
    assert 'href="https://vote.example/register" rel="nofollow noopener noreferrer"' in harmless


def test_an_ad_that_is_not_there_is_not_found(visitor: Visitor) -> None:
    answer = visitor(None).get("/library/ads/jsonl:none")
    assert answer.status_code == 404
    assert "no such ad" in answer.text


def test_an_ad_tells_who_saw_it_where_its_source_does(workspace: Workspace, visitor: Visitor) -> None:
    assert "not to whom" in visitor(None).get(f"/library/ads/{HELD_AD}").text
    ad = workspace.vault.ads.get(HELD_AD)
    assert ad
    seen = (Seen(share=Decimal("0.984687"), region="England"), Seen(share=Decimal("0.25"), age="65+", gender="female"))
    workspace.vault.ads.add([ad.model_copy(update={"seen_by": seen})])
    html = visitor(None).get(f"/library/ads/{HELD_AD}").text
    for words in ("England", "98.5%", "65+, female", "25.0%"):
        assert words in html
