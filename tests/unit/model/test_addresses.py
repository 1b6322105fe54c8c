"""Addresses: one canonical form, accounts told from sites, and hostile text that never raises."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.model.addresses import (
    MAX_ADDRESS,
    account_of,
    author_of,
    canonical_url,
    host_of,
    links_in,
    normalise_handle,
    refang,
    registrable_domain,
)

_HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(list("htps:/\\.?#&=%@[]{}()0123456789abcxn-_~ \t\n")), st.characters()),
    max_size=80,
)
_URLS = st.one_of(_HOSTILE, _HOSTILE.map("https://".__add__), _HOSTILE.map("http://example.org/".__add__))


@pytest.mark.parametrize(
    ("defanged", "plain"),
    [
        ("hxxps://a[.]b", "https://a.b"),
        ("hXXp://news(.)example{.}org", "http://news.example.org"),
        ("http[:]//example[.]com/x[.]html", "http://example.com/x.html"),
        ("https{:}//t[.]me/kothetjournalist", "https://t.me/kothetjournalist"),
        ("https[://]example[dot]com", "https://example.com"),
        ("info[at]holysouls[.]cc", "info@holysouls.cc"),
        ("info [AT] example [DOT] org", "info@example.org"),
        ("name[@]example.org", "name@example.org"),
        ("example[.com", "example.com"),
        ("h**ps://example\\.com", "https://example.com"),
        ("plain text (at home).", "plain text (at home)."),
    ],
)
def test_defanged_addresses_become_whole_again(defanged: str, plain: str) -> None:
    assert refang(defanged) == plain


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:8080/a#part", "http://example.com:8080/a"),
        ("https://user:secret@example.com/", "https://example.com/"),
        ("https://example.com./x", "https://example.com/x"),
        ("https://bücher.example/ü?q=ü", "https://xn--bcher-kva.example/%C3%BC?q=%C3%BC"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://example.com/?utm_source=x&b=2&fbclid=1&a=1", "https://example.com/?a=1&b=2"),
        ("https://example.com/%7euser/%3a", "https://example.com/~user/%3A"),
        ("https://example.com/a/./b/../c", "https://example.com/a/c"),
        ("https:\\\\example.com\\a", "https://example.com/a"),
        ("https://[2001:DB8:0::1]:443/", "https://[2001:db8::1]/"),
        ("  https://example.com/100%  ", "https://example.com/100%25"),
    ],
)
def test_equal_addresses_are_written_alike(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical


@pytest.mark.parametrize(
    "text",
    ["", "example.com", "ftp://example.com/", "http://", "https://[::1", "https://a:99999/", "https://a:b/", "https://..",
     "https://xn--\ud800/", "https://exa mple.com/", "javascript:alert(1)", "https://%41.com/", "http://[v1.x]/"],
)  # fmt: skip
def test_what_is_no_web_address_has_no_form(text: str) -> None:
    assert canonical_url(text) is None


@settings(deadline=None)
@given(_URLS)
def test_a_canonical_address_is_its_own_form(text: str) -> None:
    once = canonical_url(text)
    if once is not None:
        assert canonical_url(once) == once
        assert host_of(once) == host_of(text)


@settings(deadline=None)  # the first call loads the suffix list
@given(_URLS)
def test_hostile_text_never_raises(text: str) -> None:
    refang(text)
    host_of(text)
    registrable_domain(text)
    author_of(text)
    normalise_handle(text)
    for link in links_in(text):
        assert host_of(link) is not None


@pytest.mark.parametrize(
    "unit", ["a", "a.", "a-", "[", "[ ", "http://", "%", "(", "é", "www.", "https://a.b/)", "/../", "@", "t.me/", "?&"]
)
def test_a_megabyte_of_anything_is_done_with_at_once(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.perf_counter()
    for function in (refang, canonical_url, host_of, registrable_domain, account_of, links_in, normalise_handle):
        function(text)
        function(f"https://example.org/{text}")
    assert time.perf_counter() - started < 5
    assert canonical_url("https://example.org/" + "a" * MAX_ADDRESS) is None


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("a.b.example.co.uk", "example.co.uk"),
        ("WWW.Example.com.", "example.com"),
        ("someone.blogspot.com", "someone.blogspot.com"),
        ("bücher.example.de", "example.de"),
        ("made.up.example", "up.example"),
        ("co.uk", None),
        ("192.0.2.7", None),
        ("[2001:db8::1]", None),
        ("", None),
    ],
)
def test_the_registered_part_of_a_host(host: str, registered: str | None) -> None:
    assert registrable_domain(host) == registered


@pytest.mark.parametrize(
    ("url", "account"),
    [
        ("https://twitter.com/SaraSil39636921", ("twitter", "sarasil39636921")),
        ("https://mobile.twitter.com/Some_One?lang=de", ("twitter", "some_one")),
        ("http://x.com/pemadol99851/", ("twitter", "pemadol99851")),
        ("https://www.facebook.com/profile.php?id=100064", ("facebook", "100064")),
        ("https://fr-fr.facebook.com/people/A-B/100064/", ("facebook", "100064")),
        ("https://www.instagram.com/agora.club/", ("instagram", "agora.club")),
        ("https://www.youtube.com/@KristenPreece/", ("youtube", "kristenpreece")),
        ("https://www.youtube.com/channel/UCYV-Ra383fb4sTaXqi-XV5Q", ("youtube", "channel/ucyv-ra383fb4staxqi-xv5q")),
        ("https://www.youtube.com/c/SGTNewsNetwrok", ("youtube", "c/sgtnewsnetwrok")),
        ("https://t.me/s/poroshenkopa", ("telegram", "poroshenkopa")),
        ("http://t.me/via_napoli", ("telegram", "via_napoli")),
        ("https://poroshenkopa.t.me/", ("telegram", "poroshenkopa")),
        ("http://tiktok.com/@igaribashvili", ("tiktok", "igaribashvili")),
        ("https://vk.com/s.dsdd", ("vk", "s.dsdd")),
        ("https://medium.com/@kristenprce", ("medium", "kristenprce")),
        ("https://www.reddit.com/user/New-Europe-1993", ("reddit", "new-europe-1993")),
        ("https://truthsocial.com/@SGTnewsNetwork", ("truthsocial", "sgtnewsnetwork")),
        ("https://gettr.com/user/sgtnewsnetwork", ("gettr", "sgtnewsnetwork")),
        ("https://gab.com/SGTnewsNetwork", ("gab", "sgtnewsnetwork")),
        ("https://tr.pinterest.com/7sabah/", ("pinterest", "7sabah")),
        ("https://www.quora.com/profile/Marjan-Hatami-3/answers", ("quora", "marjan-hatami-3")),
        ("https://mastodon.social/@Gargron", ("mastodon", "gargron@mastodon.social")),
        ("https://mastodon.social/@user@example.org", ("mastodon", "user@example.org")),
    ],
)
def test_an_account_page_names_its_account(url: str, account: tuple[str, str]) -> None:
    assert account_of(url) == account
    assert author_of(url) == account


@pytest.mark.parametrize(
    "url",
    [
        "https://twitter.com/", "https://twitter.com/i/events/1", "https://twitter.com/search?q=x", "https://twitter.com",
        "https://www.facebook.com/groups/123", "https://www.facebook.com/photo.php?fbid=1", "https://youtu.be/abc",
        "https://www.youtube.com/watch?v=abc", "https://www.instagram.com/p/abc/", "https://t.me/joinchat/AAA",
        "https://t.me/+AbCdEfGh", "https://t.me/c/123/4", "https://vk.com/away.php?to=x", "https://medium.com/publication",
        "https://www.reddit.com/r/europe", "https://se.pinterest.com/pin/1151232723493806358", "https://example.org/a",
        "https://blog.medium.com/", "twitter.com/someone",
    ],
)  # fmt: skip
def test_other_pages_name_no_account(url: str) -> None:
    assert author_of(url) is None


def test_a_post_names_its_author_and_is_no_account_page() -> None:
    for url, author in {
        "https://twitter.com/SomeOne/status/12?s=20": ("twitter", "someone"),
        "https://t.me/some_channel/345": ("telegram", "some_channel"),
        "https://www.tiktok.com/@some.one/video/7": ("tiktok", "some.one"),
        "https://medium.com/@some/americans-46cf46053ca0": ("medium", "some"),
    }.items():
        assert author_of(url) == author
        assert account_of(url) is None


def test_links_are_taken_out_of_running_text() -> None:
    text = (
        "Смотри https://t.me/canal/12, (siehe http://de.example.org/Wiki_(Film)) und www.example.com. "
        "„https://example.net/x“ t.me/other bit.ly/3KJwgoH mail@example.org/ 3.5/7 and.The/ a.b https://t.me/canal/12"
    )
    assert links_in(text) == [
        "https://t.me/canal/12",
        "http://de.example.org/Wiki_(Film)",
        "http://www.example.com",
        "https://example.net/x",
        "http://t.me/other",
        "http://bit.ly/3KJwgoH",
    ]


def test_handles_are_compared_without_dress() -> None:
    assert normalise_handle(" @Some_One\u200b ") == "some_one"


def test_every_account_published_by_meta_is_told_from_its_platform(shared_data: Path) -> None:
    # Independent of the importer: the raw cells of the kill-chain row "Acquiring X / Twitter accounts".
    cells = []
    for path in (shared_data / "indicators/meta/indicators/csv").rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells += [row["Indicator"] for row in csv.DictReader(file) if "Twitter" in (row.get("Procedure") or "")]
    urls = [refang(cell).split()[0] for cell in cells if "twitter[.]com/" in cell.lower()]
    accounts = [author_of(url if "://" in url else f"https://{url}") for url in urls]
    assert len(urls) > 100
    assert all(account is not None and account[0] == "twitter" for account in accounts)
