"""The index: who is named by a link, a name or a word, and who is not."""

import ipaddress
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.errors import InputError
from watchbell.match.index import IndicatorIndex
from watchbell.match.links import canonical_links, links_of_words
from watchbell.match.scan import scan_posts
from watchbell.match.warning_lists import NamedList, read_warning_list
from watchbell.model.addresses import canonical_url, host_of, links_in
from watchbell.model.indicators import Indicator, IndicatorKind, Relation, indicator_id
from watchbell.model.posts import POSTS

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


def _hits(index: IndicatorIndex, **post: Any) -> list[dict[str, Any]]:
    basis = {"platform": "twitter", "account_id": "twitter:7", "post_id": "1", "created_at": _NOW}
    hits: list[dict[str, Any]] = scan_posts(pa.Table.from_pylist([basis | post], schema=POSTS), index).to_pylist()
    return hits


def _in_link(index: IndicatorIndex, link: str) -> list[tuple[str, Relation]]:
    return [(hit["indicator_value"], Relation(hit["relation"])) for hit in _hits(index, links=[link])]


_links = st.builds(
    lambda scheme, host, path: f"{scheme}://{host}{path}",
    st.sampled_from(["http", "https", "HTTP", "ftp"]),
    st.from_regex(r"[a-zA-Z0-9.:@-]{1,20}", fullmatch=True),
    st.from_regex(r"(/[a-zA-Z0-9./?&=%#~_-]{0,20})?", fullmatch=True),
)


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
    assert bool(_hits(index, platform=platform, mentions=[name])) is named


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


@pytest.mark.parametrize("number", ["+49 (30) 123-45 67", "+49 (0)30 1234567", "+49.30.1234567"])
def test_a_number_is_compared_without_its_dress(number: str) -> None:
    index = _index(indicator(IndicatorKind.PHONE, "+49301234567"))
    assert [hit["matched"] for hit in _hits(index, text=f"Call {number} now")] == [number]


def test_a_picture_and_a_text_match_when_they_are_near_and_say_how_near() -> None:
    text = "The polling stations of the north harbour close two hours early tonight, pass it on"
    index = _index(indicator(IndicatorKind.PDQ, "f0" * 32), indicator(IndicatorKind.TEXT, text))
    near_hash = "f1" * 31 + "f0"
    [picture] = _hits(index, media=[{"sha256": None, "pdq": near_hash, "url": None}])
    assert (picture["relation"], picture["reason"]) == ("near", "The pictures' PDQ hashes differ in 31 of 256 bits.")
    assert not _hits(index, media=[{"sha256": None, "pdq": "f1" * 32, "url": None}])
    [same] = _hits(index, text=f"RT: {text.upper()} https://t.co/1 #vote")
    assert (same["relation"], same["reason"]) == ("exact", None)
    [near] = _hits(index, text=text.replace("two hours", "three hours"))
    assert near["relation"] == "near"
    assert re.fullmatch(r"\d\d% of the two texts' shingles are the same\.", near["reason"])
    no_words = _index(indicator(IndicatorKind.TEXT, "https://t.co/1 #vote"))
    assert not _hits(no_words, text="https://t.co/2 #paris")
    assert not _hits(index, text="The polling stations of the south close at eight, as always")


def test_what_is_revoked_or_expired_does_not_match() -> None:
    index = _index(
        indicator(IndicatorKind.DOMAIN, "revoked.example", revoked=True),
        indicator(IndicatorKind.DOMAIN, "expired.example", valid_until=_NOW),
        indicator(IndicatorKind.DOMAIN, "running.example", valid_until=_NOW + timedelta(seconds=1)),
    )
    found = [_in_link(index, f"https://{name}.example/") for name in ("revoked", "expired", "running")]
    assert found == [[], [], [("running.example", Relation.EXACT)]]


def test_what_has_ended_matches_when_it_is_asked_for() -> None:
    ended = indicator(IndicatorKind.DOMAIN, "expired.example", valid_until=_NOW)
    index = IndicatorIndex.build([ended], now=_NOW, ended=True)
    assert _in_link(index, "https://expired.example/") == [("expired.example", Relation.EXACT)]


def test_confidence_is_faded_to_the_day_of_the_search() -> None:
    fresh = indicator(IndicatorKind.DOMAIN, "fresh.example").model_copy(update={"valid_from": _NOW, "confidence": 70})
    old = indicator(IndicatorKind.DOMAIN, "old.example")
    index = _index(fresh, old)
    assert [hit["confidence"] for hit in _hits(index, links=["http://fresh.example/", "http://old.example/"])] == [
        70,
        0,
    ]


def test_a_domain_that_cannot_match_is_set_aside_with_its_reason() -> None:
    index = _index(indicator(IndicatorKind.DOMAIN, "github.io"), indicator(IndicatorKind.DOMAIN, "someone.github.io"))
    why = "hosting for everybody: each customer has a host of their own"
    assert index.set_aside.rows() == [("github.io", "Meta", why)]
    assert _in_link(index, "https://someone.github.io/x") == [("someone.github.io", Relation.EXACT)]
    assert _in_link(index, "https://other.github.io/x") == []


def test_a_hit_says_which_warning_list_its_indicator_is_on(tmp_path: Path) -> None:
    told = {"name": "Own sites", "version": 3, "type": "hostname", "list": ["bad.example"], "description": "", "x": 1}
    (tmp_path / "list.json").write_text(json.dumps(told), "utf-8")
    lists = [read_warning_list(tmp_path / "list.json")]
    items = [indicator(IndicatorKind.DOMAIN, "a.bad.example"), indicator(IndicatorKind.DOMAIN, "other.example")]
    index = IndicatorIndex.build(items, now=_NOW, warnings=lists)
    hits = _hits(index, links=["https://a.bad.example/", "https://other.example/"])
    assert [hit["remark"] for hit in hits] == ["On the warning list “Own sites” (version 3).", None]


@pytest.mark.parametrize(
    ("type_", "value", "kind", "on_it"),
    [
        ("string", "bad.example", "bad.example", True),
        ("string", "bad.example", "a.bad.example", False),
        ("substring", "bad", "a.bad.example", True),
        ("cidr", "192.0.2.0/24", "192.0.2.9", True),
        ("cidr", "192.0.2.0/24", "198.51.100.9", False),
    ],
)
def test_lists_are_compared_by_their_type(type_: str, value: str, kind: str, *, on_it: bool) -> None:
    of = IndicatorKind.IP if kind[0].isdigit() else IndicatorKind.DOMAIN
    networks = (ipaddress.ip_network(value),) if type_ == "cidr" else ()
    assert NamedList("x", "1", type_, frozenset([value]), networks).has(indicator(of, kind)) is on_it


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"list": 3}', '{"list": ["a"], "type": "regex"}', '"x"'])
def test_what_is_no_warning_list_is_said(text: str, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"warning list"):
        read_warning_list(tmp_path / "list.json")


def test_the_same_fact_from_two_partners_is_two_matches() -> None:
    one = indicator(IndicatorKind.DOMAIN, "bad.example")
    other = one.model_copy(update={"id": "indicator--other", "source": "Harbour Watch"})
    hits = _hits(_index(one, other), links=["https://bad.example"])
    assert sorted(hit["source"] for hit in hits) == ["Harbour Watch", "Meta"]


def test_an_index_of_a_million_networks_asks_only_for_their_lengths() -> None:
    networks = [indicator(IndicatorKind.CIDR, f"10.{n >> 8}.{n & 255}.0/24") for n in range(3_000)]
    assert _in_link(_index(*networks), "http://10.2.7.9/") == [("10.2.7.0/24", Relation.SUBDOMAIN)]


@given(st.lists(st.one_of(_links, st.text(max_size=60)), max_size=30))
def test_links_read_in_bulk_are_what_each_is_alone(links: list[str]) -> None:
    distinct = pl.Series(list(dict.fromkeys(links)), dtype=pl.String)
    found = {words: (url, host) for words, url, host in canonical_links(distinct).iter_rows()}
    expected = {link: (url, host_of(url)) for link in distinct if (url := canonical_url(link)) is not None}
    assert found == expected
    read: dict[str, list[str]] = {}
    for words, link in links_of_words(distinct).iter_rows():
        read.setdefault(words, []).append(link)
    assert read == {words: inside for words in distinct if (inside := links_in(words))}


@settings(deadline=None)
@given(st.text(max_size=60))
def test_hostile_links_and_names_never_raise(text: str) -> None:
    index = _index(indicator(IndicatorKind.DOMAIN, "bad.example"), indicator(IndicatorKind.CIDR, "192.0.2.0/24"))
    _hits(
        index, links=[text, f"https://{text}", f"https://bad.example/{text}"], mentions=[text], text=f"+{text} @{text}"
    )
