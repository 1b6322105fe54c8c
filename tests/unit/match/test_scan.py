"""Scans of posts and ads: what is found, where it stood, and that nothing else is."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from watchbell.exchange.inbox import read_indicators
from watchbell.match.index import IndicatorIndex
from watchbell.match.scan import scan_ads, scan_posts
from watchbell.match.shared_hosts import why_shared
from watchbell.model.addresses import refang
from watchbell.model.ads import Ad
from watchbell.model.indicators import HITS, Indicator, IndicatorKind, indicator_id
from watchbell.model.posts import POSTS

_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_AT = datetime(2024, 5, 1, 12, tzinfo=UTC)


def _indicator(kind: IndicatorKind, value: str, platform: str | None = None) -> Indicator:
    return Indicator(
        id=indicator_id(kind, platform, value, "Meta"),
        kind=kind,
        value=value,
        platform=platform,
        published_as=value,
        source="Meta",
        valid_from=_NOW,
        created=_NOW,
        modified=_NOW,
    )


_INDEX = IndicatorIndex.build(
    [
        _indicator(IndicatorKind.DOMAIN, "bad.example"),
        _indicator(IndicatorKind.URL, "https://shared.example/page"),
        _indicator(IndicatorKind.HANDLE, "some_one", "twitter"),
        _indicator(IndicatorKind.EMAIL, "info@bad.example"),
        _indicator(IndicatorKind.PHONE, "+49301234567"),
        _indicator(IndicatorKind.IP, "203.0.113.7"),
        _indicator(IndicatorKind.CIDR, "2001:db8::/32"),
        _indicator(IndicatorKind.HASHTAG, "americathethief"),
        _indicator(IndicatorKind.MD5, "0123456789abcdef" * 2),
        _indicator(IndicatorKind.SHA256, "a" * 64),
        _indicator(IndicatorKind.PDQ, "b" * 64),
    ],
    now=_NOW,
)


def _posts(*posts: dict[str, Any]) -> pa.Table:
    basis = {"platform": "twitter", "account_id": "twitter:7", "created_at": _AT}
    rows = [basis | {"post_id": str(number)} | post for number, post in enumerate(posts)]
    return pa.Table.from_pylist(rows, schema=POSTS)


def _found(hits: pa.Table) -> list[tuple[str, str, str, str]]:
    return [(hit["field"], hit["indicator_value"], hit["matched"], hit["relation"]) for hit in hits.to_pylist()]


@pytest.mark.parametrize(
    ("post", "found"),
    [
        ({"links": ["https://a.bad.example/x"]}, ("links", "bad.example", "https://a.bad.example/x", "subdomain")),
        ({"text": "see http://bad.example/x."}, ("text", "bad.example", "http://bad.example/x", "exact")),
        ({"links": ["http://shared.example/page/"]},
         ("links", "https://shared.example/page", "http://shared.example/page/", "exact")),
        ({"mentions": ["Some_One"]}, ("mentions", "some_one", "Some_One", "account")),
        ({"account_id": "twitter:some_one"}, ("account_id", "some_one", "twitter:some_one", "account")),
        ({"account_name": "Some_One"}, ("account_name", "some_one", "Some_One", "account")),
        ({"platform": "telegram", "links": ["https://twitter.com/Some_One/status/1"]},
         ("links", "some_one", "https://twitter.com/Some_One/status/1", "account")),
        ({"hashtags": ["AmericaTheThief"]}, ("hashtags", "americathethief", "AmericaTheThief", "exact")),
        ({"text": "Yes, #AmericaTheThief!"}, ("text", "americathethief", "#AmericaTheThief", "exact")),
        ({"text": "Write to Info@Bad.Example!"}, ("text", "info@bad.example", "Info@Bad.Example", "exact")),
        ({"text": "Call +49 (30) 123-45 67 now"}, ("text", "+49301234567", "+49 (30) 123-45 67", "exact")),
        ({"text": "oder 0049 30 1234567."}, ("text", "+49301234567", "0049 30 1234567", "exact")),
        ({"links": ["https://wa.me/49301234567"]},
         ("links", "+49301234567", "https://wa.me/49301234567", "exact")),
        ({"text": "https://api.whatsapp.com/send?phone=%2B49301234567&text=hi"},
         ("text", "+49301234567", "https://api.whatsapp.com/send?phone=%2B49301234567&text=hi", "exact")),
        ({"text": "it is on Bad.Example, they say"}, ("text", "bad.example", "Bad.Example", "exact")),
        ({"text": "(www.a.bad.example)"}, ("text", "bad.example", "http://www.a.bad.example", "subdomain")),
        ({"text": "the server 203.0.113.7:8080"}, ("text", "203.0.113.7", "203.0.113.7", "exact")),
        ({"text": "at 2001:db8:0::5 since 12:30:45"}, ("text", "2001:db8::/32", "2001:db8:0::5", "subdomain")),
        ({"text": "hash " + "0123456789ABCDEF" * 2},
         ("text", "0123456789abcdef" * 2, "0123456789ABCDEF" * 2, "exact")),
        ({"media": [{"sha256": "a" * 64, "pdq": None, "url": None}]}, ("media", "a" * 64, "a" * 64, "exact")),
        ({"media": [{"sha256": None, "pdq": "b" * 64, "url": None}]}, ("media", "b" * 64, "b" * 64, "exact")),
    ],
)  # fmt: skip
def test_a_hit_says_where_it_stood_and_how(post: dict[str, Any], found: tuple[str, str, str, str]) -> None:
    assert _found(scan_posts(_posts({"text": "nothing"}, post), _INDEX)) == [found]


@pytest.mark.parametrize(
    "post",
    [
        {"links": ["https://good.example/", "", None], "text": None},
        {"text": "notbad.example info@bad.example.org +4930123456789 #americathethief2"},
        {"mentions": ["some", "one"], "hashtags": ["thief"], "account_name": "Some _ One"},
        {"platform": "telegram", "mentions": ["some_one"], "account_id": "telegram:some_one"},
        {"text": "not.bad.example@x.org is bad. Example: a/bad.example 12:30:45"},
        {"text": "1203.0.113.7 203.0.113.77 2000 49 30 1234567"},
        {"links": ["https://wa.me/message/49301234567", "https://example.org/send?phone=49301234567"]},
        {"media": []},
        {},
    ],
)
def test_what_is_not_named_is_not_hit(post: dict[str, Any]) -> None:
    assert scan_posts(_posts(post), _INDEX).num_rows == 0


def test_a_hit_carries_what_a_person_needs() -> None:
    [hit] = scan_posts(_posts({"links": ["https://bad.example/"]}), _INDEX).to_pylist()
    assert hit["hit_id"].startswith("hit--")
    assert (hit["target_kind"], hit["target_id"], hit["platform"]) == ("post", "twitter:0", "twitter")
    assert (hit["account_id"], hit["at"], hit["source"], hit["tlp"]) == ("twitter:7", _AT, "Meta", "clear")


def test_one_hit_for_each_indicator_post_and_column() -> None:
    links = ["https://bad.example/a", "https://bad.example/b"]
    post = {
        "links": links,
        "text": f"{links[0]} and http://c.bad.example",
        "account_id": "twitter:some_one",
        "account_name": "some_one",
    }
    hits = scan_posts(_posts(post, post), _INDEX)
    assert [hit[0] for hit in _found(hits)] == ["links", "text", "account_id"] * 2
    assert len(set(hits.column("hit_id").to_pylist())) == 6
    assert scan_posts(_posts(post, post), _INDEX) == hits


def test_nothing_in_gives_nothing_out() -> None:
    assert scan_posts(POSTS.empty_table(), _INDEX) == HITS.empty_table()
    assert scan_ads([], _INDEX) == HITS.empty_table()
    assert scan_posts(_posts({"text": "https://bad.example"}), IndicatorIndex.build([], now=_NOW)).num_rows == 0


def test_ads_are_looked_through_like_posts() -> None:
    ads = [
        Ad(id="snap:1", source="snap", platform="snapchat", links=("https://bad.example/",), started_at=_AT),
        Ad(id="ira:2", source="ira", platform="facebook", text="Join #AmericaTheThief at www.bad.example now"),
        Ad(id="ira:3", source="ira", platform="facebook", text="Nothing", advertiser="some_one"),
        Ad(id="x:4", source="jsonl", platform="twitter", text="Nothing", advertiser="Some_One"),
        Ad(id="x:5", source="jsonl", platform="twitter", text="Nothing", advertiser="Some One", account_id="some_one"),
    ]
    hits = scan_ads(ads, _INDEX).to_pylist()
    assert [(hit["target_id"], hit["field"], hit["indicator_value"]) for hit in hits] == [
        ("snap:1", "links", "bad.example"),
        ("ira:2", "text", "bad.example"),
        ("ira:2", "text", "americathethief"),
        ("x:4", "account_name", "some_one"),
        ("x:5", "account_id", "some_one"),
    ]
    assert {hit["target_kind"] for hit in hits} == {"ad"}
    assert hits[0]["at"] == _AT


# From here on: everything Meta published, in 600,000 real Telegram posts.


@pytest.fixture(scope="module")
def published(shared_data: Path) -> list[Indicator]:
    folder = shared_data / "indicators" / "meta" / "indicators"
    items = [
        item
        for path in sorted(folder.glob("csv/**/*.csv"))
        for item in read_indicators(path, tlp=None, source=None, now=_NOW)
    ]
    return list({item.id: item for item in items if isinstance(item, Indicator)}.values())


@pytest.fixture(scope="module")
def telegram(shared_data: Path) -> pa.Table:
    frame = pl.read_parquet(shared_data / "posts" / "telegram_channels.parquet").with_row_index("number")
    posts = frame.select(
        platform=pl.lit("telegram"),
        account_id=pl.format("telegram:{}", "channel_id"),
        post_id=pl.col("number").cast(pl.String),
        created_at=pl.col("date").str.to_datetime("%Y-%m-%d %H:%M:%S%z", time_unit="us", time_zone="UTC"),
        # The file has no texts; its links stand in for them, so that texts are looked through as well.
        text=pl.format("gesehen: {}", "url"),
        links=pl.when(pl.col("url").is_not_null()).then(pl.concat_list("url")),
    ).to_arrow()
    columns = [
        posts.column(field.name).cast(field.type)
        if field.name in posts.column_names
        else pa.nulls(len(posts), field.type)
        for field in POSTS
    ]
    return pa.table(columns, schema=POSTS)


@pytest.mark.shared
def test_metas_indicators_hit_no_shared_host_among_600_000_posts(
    published: list[Indicator], telegram: pa.Table
) -> None:
    shared = ["twitter.com", "youtube.com", "t.me", "medium.com", "linktr.ee", "reddit.com", "tiktok.com", "gab.com"]
    posted = {host for link in pc.list_flatten(telegram.column("links")).to_pylist() for host in shared if host in link}
    assert posted == set(shared), "the trap is only one if these hosts are in the posts"
    assert any(item.published_as.startswith("https://twitter[.]com/") for item in published)
    started = time.perf_counter()
    hits = scan_posts(telegram, IndicatorIndex.build(published, now=_NOW))
    assert time.perf_counter() - started < 60
    assert [hit for hit in hits.to_pylist() if why_shared(hit["indicator_value"])] == []
    assert [hit for hit in hits.to_pylist() if hit["indicator_value"] in shared] == []


@pytest.mark.shared
def test_a_plain_search_finds_the_same_domains(
    shared_data: Path, published: list[Indicator], telegram: pa.Table
) -> None:
    # Shares no code with the index: every host written in Meta's files, looked for in every host of the posts.
    folder = shared_data / "indicators" / "meta" / "indicators" / "csv"
    text = " ".join(refang(path.read_text("utf-8-sig")).lower() for path in folder.rglob("*.csv"))
    hosts = {host for host in re.findall(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", text) if why_shared(host) is None}
    links = pc.list_flatten(telegram.column("links")).to_pylist()
    posted = {part[1] for link in links if (part := re.match(r"https?://([^/?#:]+)", link.lower()))}
    expected = {host for host in posted if any(host == bad or host.endswith(f".{bad}") for bad in hosts)}
    index = IndicatorIndex.build(published, now=_NOW)
    found = {hit["matched"] for hit in scan_posts(telegram, index).to_pylist()
             if hit["indicator_kind"] == "domain" and "://" in hit["matched"]}  # fmt: skip
    assert {re.sub(r"https?://([^/?#:]+).*", r"\1", link.lower()) for link in found} == expected


@pytest.mark.shared
def test_planted_links_are_found_among_600_000_posts(published: list[Indicator], telegram: pa.Table) -> None:
    planted = _posts(
        {"platform": "telegram", "post_id": "planted-1", "links": ["https://www.spiegel.ltd/politik"]},
        {"platform": "telegram", "post_id": "planted-2", "links": ["https://t.me/via_napoli/77"]},
        {"platform": "telegram", "post_id": "planted-3", "links": ["https://bit.ly/3KJwgoH"]},
        {"platform": "telegram", "post_id": "planted-4", "links": ["https://rrn.world/a", "https://t.me/durov"]},
    )
    hits = scan_posts(pa.concat_tables([telegram, planted]), IndicatorIndex.build(published, now=_NOW)).to_pylist()
    found = {hit["target_id"]: hit["indicator_value"] for hit in hits if "planted" in hit["target_id"]}
    assert found == {
        "telegram:planted-1": "spiegel.ltd",
        "telegram:planted-2": "via_napoli",
        "telegram:planted-3": "http://bit.ly/3KJwgoH",
        "telegram:planted-4": "rrn.world",
    }
