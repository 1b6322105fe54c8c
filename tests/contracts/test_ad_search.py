"""Searching ads gives the same answer on both databases, page for page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from watchbell.errors import UsageError
from watchbell.model.ads import Ad, AdDecision, DisclaimerFinding, DisclaimerState, Verdict
from watchbell.vault import adsearch
from watchbell.vault.ads import AdQuery, AdSort
from watchbell.vault.vault import Vault

START = datetime(2024, 10, 1, tzinfo=UTC)


def ad(name: str, **changes: object) -> Ad:
    return Ad.model_validate({"id": f"jsonl:{name}", "source": "jsonl", "platform": "facebook"} | changes)


def usd(amount: str) -> dict[str, str]:
    return {"currency": "USD", "lower": amount, "upper": amount}


def decision(name: str, verdict: Verdict, *, political: bool) -> AdDecision:
    return AdDecision(
        ad_id=f"jsonl:{name}",
        content_digest="0" * 64,
        verdict=verdict,
        political=political,
        political_reason="-",
        disclaimer=DisclaimerFinding(state=DisclaimerState.MISSING, reason="-"),
        rules_version="1",
        decided_at=START,
    )


ADS = [
    ad("a", text="Vote on Tuesday", payer="ACME, Inc.", started_at=START, spend=usd("10"), country="US"),
    ad("b", text="Don't vote", advertiser="Blacktivist", started_at=START + timedelta(days=2), declared_political=True),
    ad("c", disclaimer="Оплачено комитетом", spend=usd("99.5"), platform="vk"),
    ad("d", text="100% off_shoes", source="snap", started_at=START, spend=usd("9.99")),
    ad("e", text="STRASSE, naïve", payer="acme, inc.", started_at=START + timedelta(days=1), spend=usd("10")),
    ad("f", spend=usd("0")),
    ad("g", text="11月3日投票 ไปเลือกตั้ง मतदान", platform="tv", country="Puerto Rico"),
]
DECISIONS = [
    decision("a", Verdict.REJECT, political=True),
    decision("b", Verdict.REVIEW, political=False),
    decision("c", Verdict.APPROVE, political=True),
]


@pytest.fixture
def library(vault: Vault) -> Vault:
    vault.ads.add(ADS)
    vault.ads.decide(DECISIONS)
    return vault


def names(vault: Vault, **query: Any) -> str:
    """The ids of all pages, in order, and a check that each page tells the same total."""
    pages = list(walk(vault, AdQuery(**query)))
    found = "".join(name for page in pages for name in page)
    assert vault.ads.search(AdQuery(**query)).total == len(found)
    return found


def walk(vault: Vault, query: AdQuery) -> Iterator[list[str]]:
    cursor: str | None = ""
    while cursor is not None:
        page = vault.ads.search(query.model_copy(update={"cursor": cursor or None}))
        yield [item.id.removeprefix("jsonl:") for item, _ in page.ads]
        cursor = page.next_cursor


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "beadcfg"),
        ({"sort": "spend"}, "caedfbg"),
        ({"text": "vote"}, "ba"),
        ({"text": "VOTE tuesday"}, "a"),
        ({"text": "tuesday vote blacktivist"}, ""),
        ({"text": "vote blackt"}, ""),
        ({"text": "vote blackt*"}, "b"),
        ({"text": "v* tu*"}, "a"),
        ({"text": "КОМИТЕТ*"}, "c"),
        ({"text": "комитет"}, ""),
        ({"text": "straße"}, "e"),
        ({"text": "NAÏVE"}, "e"),
        ({"text": "100%"}, "d"),
        ({"text": "0%o"}, ""),
        ({"text": "_"}, ""),
        ({"text": "SHOES"}, "d"),
        ({"text": "payer¦acme"}, ""),
        ({"text": '" OR vote'}, ""),
        ({"text": "':* | vote"}, "ba"),
        ({"text": "投票"}, "g"),
        ({"text": "日投"}, "g"),
        ({"text": "票"}, "g"),
        ({"text": "票投"}, ""),
        ({"text": "เลือก"}, "g"),
        ({"text": "मतदान"}, "g"),
        ({"text": "मतद*"}, "g"),
        ({"text": "\\"}, ""),
        ({"text": "don't"}, "b"),
        ({"text": "  "}, "beadcfg"),
        ({"payer": "Acme, Inc."}, "ea"),
        ({"payer": "acme"}, "ea"),
        ({"payer": "INC acme"}, "ea"),
        ({"payer": "ac*"}, "ea"),
        ({"payer": "vote"}, ""),
        ({"country": "puerto rico"}, "g"),
        ({"country": "puerto"}, ""),
        ({"advertiser": "blacktivist"}, "b"),
        ({"platform": "vk"}, "c"),
        ({"source": "snap"}, "d"),
        ({"country": "us"}, "a"),
        ({"verdict": Verdict.REVIEW}, "b"),
        ({"political": True}, "ac"),
        ({"political": False}, "bedfg"),
        ({"started_from": START + timedelta(days=1)}, "be"),
        ({"started_until": START + timedelta(days=1)}, "ad"),
        ({"started_from": START, "started_until": START}, ""),
        ({"payer": "acme, inc.", "verdict": Verdict.REJECT, "text": "vote"}, "a"),
    ],
)
@pytest.mark.parametrize("limit", [2, 25])
def test_search_finds_what_every_condition_holds_for(
    library: Vault, query: dict[str, Any], expected: str, limit: int
) -> None:
    assert names(library, **query, limit=limit) == expected


def test_each_ad_comes_with_the_decision_that_counts(library: Vault) -> None:
    page = library.ads.search(AdQuery(limit=3))
    assert page.ads == ((ADS[1], DECISIONS[1]), (ADS[4], None), (ADS[0], DECISIONS[0]))
    assert page.total == len(ADS)
    assert page.next_cursor is not None


def test_an_ad_that_comes_in_between_moves_no_later_page(library: Vault) -> None:
    first = library.ads.search(AdQuery(limit=2))
    library.ads.add([ad("new", started_at=START + timedelta(days=9))])
    second = library.ads.search(AdQuery(limit=2, cursor=first.next_cursor))
    assert [item.id for item, _ in second.ads] == ["jsonl:a", "jsonl:d"]
    assert second.total == first.total == library.ads.search(AdQuery()).total - 1


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "AAAA", "bnVsbA==", "eyJxdWVyeSI6ICJ4IiwgImFkX2lkIjogIngifQ==", "W1tbW1tb" * 2000]
)
def test_a_made_up_cursor_is_refused(library: Vault, cursor: str) -> None:
    with pytest.raises(UsageError, match="cursor does not belong to this search"):
        library.ads.search(AdQuery(cursor=cursor))


def test_a_cursor_is_good_for_its_own_search_only(library: Vault) -> None:
    cursor = library.ads.search(AdQuery(limit=1)).next_cursor
    assert library.ads.search(AdQuery(limit=5, cursor=cursor)).ads
    for other in (AdQuery(text="vote", cursor=cursor), AdQuery(sort=AdSort.SPEND, cursor=cursor)):
        with pytest.raises(UsageError):
            library.ads.search(other)


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 100_000}, {"text": "x" * 501}, {"sort": "shuffled"}])
def test_a_query_has_bounds(query: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AdQuery(**query)


def test_an_ad_is_found_by_what_it_says_now_and_where_it_stands_now(library: Vault) -> None:
    library.ads.add([ad("a", text="Stay home", started_at=START + timedelta(days=9), spend=usd("10"))])
    assert names(library, text="tuesday") == ""
    assert names(library, text="home") == "a"
    assert names(library, payer="acme") == "e"
    library.ads.add([ad("d", text="home", spend=usd("3")), ad("h", text="home", started_at=START)])
    assert names(library, text="home", limit=1) == "ahd"
    assert names(library, text="home", sort="spend", limit=1) == "adh"
    assert names(library, text="home", started_from=START) == "ah"
    assert names(library, text="home", started_until=START + timedelta(microseconds=1)) == "h"
    assert names(library, text="home", started_until=START) == ""


def test_a_total_is_counted_no_further_than_needed(library: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adsearch, "COUNTED", 1)
    for query in ({}, {"text": "vote"}, {"political": True}, {"text": "vote", "political": True}):
        page = library.ads.search(AdQuery.model_validate(query))
        assert page.total == 1
        assert page.total_is_least is (len(page.ads) > 1)
    assert names_only(library, text="vote", sort="spend") == "ab"


def names_only(vault: Vault, **query: Any) -> str:
    return "".join(name for page in walk(vault, AdQuery(**query)) for name in page)


spends = st.none() | st.decimals(0, 100, places=2).map(str).map(usd)
starts = st.none() | st.integers(0, 3).map(lambda days: START + timedelta(days=days))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=st.lists(st.tuples(spends, starts), max_size=12), limit=st.integers(1, 5), sort=st.sampled_from(AdSort))
def test_pages_hold_every_ad_once_in_the_order_of_the_sort(
    vault: Vault, facts: list[tuple[Any, Any]], limit: int, sort: AdSort
) -> None:
    mine = [
        ad(f"{number:02}", text="mine", spend=spend, started_at=start) for number, (spend, start) in enumerate(facts)
    ]
    vault.ads.add([*mine, *(ad(f"{number:02}") for number in range(len(mine), 12))])

    def place(item: Ad) -> tuple[Any, ...]:
        value = (item.spend and float(item.spend.lower)) if sort is AdSort.SPEND else item.started_at
        rank = value.timestamp() if isinstance(value, datetime) else value
        return (rank is None, -(rank or 0), item.id)

    expected = [item.id.removeprefix("jsonl:") for item in sorted(mine, key=place)]
    found = [name for page in walk(vault, AdQuery(text="mine", limit=limit, sort=sort)) for name in page]
    assert found == expected
