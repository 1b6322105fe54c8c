"""The index: who is named by a link, a name or a word, and who is not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.match.index import IndicatorIndex, page_key
from watchbell.model.indicators import Indicator, IndicatorKind, Relation, indicator_id

_NOW = datetime(2026, 11, 24, tzinfo=UTC)


def indicator(
    kind: IndicatorKind,
    value: str,
    platform: str | None = None,
    *,
    valid_until: datetime | None = None,
    revoked: bool = False,
) -> Indicator:
    return Indicator(
        id=indicator_id(kind, platform, value, "Meta"),
        kind=kind,
        value=value,
        platform=platform,
        published_as=value,
        source="Meta",
        valid_from=_NOW - timedelta(days=900),
        valid_until=valid_until,
        revoked=revoked,
        created=_NOW,
        modified=_NOW,
    )


def _index(*indicators: Indicator) -> IndicatorIndex:
    return IndicatorIndex.build(indicators, now=_NOW)


def _in_link(index: IndicatorIndex, link: str) -> list[tuple[str, Relation]]:
    return [(match.indicator.value, match.relation) for match in index.in_link(link)]


@pytest.mark.parametrize(
    ("link", "relation"),
    [
        ("https://bad.example/a", Relation.EXACT),
        ("HTTP://WWW.BAD.example:80", Relation.EXACT),
        ("https://user@bad.example./", Relation.EXACT),
        ("https://news.bad.example/a", Relation.SUBDOMAIN),
        ("https://notbad.example/", None),
        ("https://bad.example.org/", None),
        ("https://example/bad.example", None),
        ("https://good.example/?u=https://bad.example/", None),
        ("bad.example", None),
    ],
)
def test_a_domain_matches_itself_and_what_lies_below(link: str, relation: Relation | None) -> None:
    found = _in_link(_index(indicator(IndicatorKind.DOMAIN, "bad.example")), link)
    assert found == ([] if relation is None else [("bad.example", relation)])


@pytest.mark.parametrize("host", ["twitter.com", "youtube.com", "t.me", "medium.com", "linktr.ee", "bit.ly", "co.uk"])
def test_a_host_that_everybody_shares_never_matches(host: str) -> None:
    index = _index(indicator(IndicatorKind.DOMAIN, host))
    assert len(index) == 0
    assert _in_link(index, f"https://{host}/someone") == []


@pytest.mark.parametrize(
    ("link", "same"),
    [
        ("http://bad.example/page/", True),
        ("https://www.bad.example/page?utm_source=x#part", True),
        ("https://bad.example/Page", False),
        ("https://bad.example/page/2", False),
        ("https://bad.example/page?id=2", False),
        ("https://bad.example/", False),
    ],
)
def test_a_page_matches_the_same_page_only(link: str, *, same: bool) -> None:
    index = _index(indicator(IndicatorKind.URL, "https://bad.example/page"))
    assert bool(_in_link(index, link)) is same


@pytest.mark.parametrize(
    ("link", "named"),
    [
        ("https://twitter.com/Some_One", True),
        ("https://x.com/some_one/status/12?s=20", True),
        ("https://vxtwitter.com/some_one/status/12", True),
        ("https://twitter.com/some_one_else", False),
        ("https://instagram.com/some_one", False),
        ("https://twitter.com/search?q=some_one", False),
    ],
)
def test_an_account_is_named_by_links_to_it_and_to_its_posts(link: str, *, named: bool) -> None:
    index = _index(indicator(IndicatorKind.HANDLE, "some_one", "twitter"))
    assert _in_link(index, link) == ([("some_one", Relation.ACCOUNT)] if named else [])


@pytest.mark.parametrize(
    ("platform", "name", "named"),
    [
        ("twitter", "@Some_One", True),
        ("twitter", "twitter:some_one", True),
        ("telegram", "some_one", False),
        ("twitter", "Some _One", False),
        ("twitter", "someone", False),
    ],
)
def test_an_account_is_named_by_its_name_on_its_platform(platform: str, name: str, *, named: bool) -> None:
    index = _index(indicator(IndicatorKind.HANDLE, "some_one", "twitter"))
    assert bool(list(index.in_name(platform, name))) is named


def test_addresses_and_applications_are_found_in_links() -> None:
    index = _index(
        indicator(IndicatorKind.IP, "192.0.2.7"),
        indicator(IndicatorKind.CIDR, "2001:db8::/32"),
        indicator(IndicatorKind.PACKAGE, "com.abs.Editor", "android"),
        indicator(IndicatorKind.PACKAGE, "1555651942", "ios"),
    )
    assert _in_link(index, "http://192.0.2.7:8080/x") == [("192.0.2.7", Relation.EXACT)]
    assert _in_link(index, "http://[2001:db8::9]/") == [("2001:db8::/32", Relation.SUBDOMAIN)]
    store = "https://play.google.com/store/apps/details?hl=de&id=com.abs.Editor"
    assert _in_link(index, store) == [("com.abs.Editor", Relation.EXACT)]
    assert _in_link(index, "https://apps.apple.com/us/app/x/id1555651942") == [("1555651942", Relation.EXACT)]
    assert _in_link(index, "https://bad.example/id1555651942") == []


def test_words_are_compared_without_their_dress() -> None:
    index = _index(
        indicator(IndicatorKind.EMAIL, "info@bad.example"),
        indicator(IndicatorKind.PHONE, "+49301234567"),
        indicator(IndicatorKind.HASHTAG, "americathethief"),
        indicator(IndicatorKind.SHA256, "a" * 64),
    )
    words = [
        (IndicatorKind.EMAIL, "Info@Bad.Example"),
        (IndicatorKind.PHONE, "+49 (30) 123-45 67"),
        (IndicatorKind.HASHTAG, "#AmericaTheThief"),
        (IndicatorKind.SHA256, "A" * 64),
    ]
    assert all(list(index.in_words(kind, word)) for kind, word in words)
    assert not list(index.in_words(IndicatorKind.PDQ, "a" * 64))


def test_what_is_revoked_or_expired_does_not_match() -> None:
    index = _index(
        indicator(IndicatorKind.DOMAIN, "revoked.example", revoked=True),
        indicator(IndicatorKind.DOMAIN, "expired.example", valid_until=_NOW),
        indicator(IndicatorKind.DOMAIN, "running.example", valid_until=_NOW + timedelta(seconds=1)),
    )
    found = [_in_link(index, f"https://{name}.example/") for name in ("revoked", "expired", "running")]
    assert found == [[], [], [("running.example", Relation.EXACT)]]


def test_the_same_fact_from_two_partners_is_two_matches() -> None:
    one = indicator(IndicatorKind.DOMAIN, "bad.example")
    other = one.model_copy(update={"id": "indicator--other", "source": "Harbour Watch"})
    assert [match.indicator.source for match in _index(one, other).in_link("https://bad.example")] == [
        "Meta",
        "Harbour Watch",
    ]


def test_a_page_has_one_key() -> None:
    assert page_key("https://www.bad.example/a/") == page_key("http://bad.example/a") == "bad.example/a"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_hostile_links_and_names_never_raise(text: str) -> None:
    index = _index(indicator(IndicatorKind.DOMAIN, "bad.example"), indicator(IndicatorKind.CIDR, "192.0.2.0/24"))
    for link in (text, f"https://{text}", f"https://bad.example/{text}"):
        list(index.in_link(link))
    list(index.in_name("twitter", text))
    list(index.in_words(IndicatorKind.PHONE, text))
