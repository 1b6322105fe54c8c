"""Published values: what each is, in the form that is compared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.exchange.values import UnreadableValueError, Value, guess_value, read_value
from watchbell.model.indicators import IndicatorKind

_KINDS = [
    "url",
    "domain_name",
    "ip",
    "md5",
    "sha256",
    "email",
    "phone",
    "hashtag",
    "android_package_name",
    "handle",
    "text",
]
_SHA256 = "768510fa9eb807bba9c3dcb3c7f87b771e20fa3d81247539e9ea4349205e39eb"


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("domain_name", "Market.dedyn.io", Value(IndicatorKind.DOMAIN, "market.dedyn.io")),
        ("domain_name", "www.apphububstore.in", Value(IndicatorKind.DOMAIN, "apphububstore.in")),
        ("Domain", "`newgenreb[.]com`", Value(IndicatorKind.DOMAIN, "newgenreb.com")),
        ("cib_url", "https://neweurope[.]online", Value(IndicatorKind.DOMAIN, "neweurope.online")),
        ("phishing_url", "localadmin.online/vote", Value(IndicatorKind.URL, "http://localadmin.online/vote")),
        ("telegram_url", "https://t.me/Streetleeds", Value(IndicatorKind.HANDLE, "streetleeds", "telegram")),
        ("Social Media Account", "hxxp://x[.]com/jabko", Value(IndicatorKind.HANDLE, "jabko", "twitter")),
        ("url", "https://bit.ly/3KJwgoH", Value(IndicatorKind.URL, "https://bit.ly/3KJwgoH")),
        ("Proxy IP", "45[.]141[.]152[.]19", Value(IndicatorKind.IP, "45.141.152.19")),
        ("cidr", "192.0.2.5/24", Value(IndicatorKind.CIDR, "192.0.2.0/24")),
        ("url", "http://192.0.2.7/", Value(IndicatorKind.IP, "192.0.2.7")),
        ("SHA256", _SHA256.upper(), Value(IndicatorKind.SHA256, _SHA256)),
        ("pdq", _SHA256, Value(IndicatorKind.PDQ, _SHA256)),
        ("email", "Info[at]Holysouls[.]cc", Value(IndicatorKind.EMAIL, "info@holysouls.cc")),
        ("phone", "+49 (30) 123-45 67", Value(IndicatorKind.PHONE, "+49301234567")),
        ("hashtag", "AmericaTheThief", Value(IndicatorKind.HASHTAG, "americathethief")),
        ("android_package_name", "com.abs.Editor", Value(IndicatorKind.PACKAGE, "com.abs.Editor", "android")),
        ("ios_app_id", "1555651942", Value(IndicatorKind.PACKAGE, "1555651942", "ios")),
        ("handle", "twitter:@Some_One", Value(IndicatorKind.HANDLE, "some_one", "twitter")),
        ("handle", "https://twitter.com/Some_One", Value(IndicatorKind.HANDLE, "some_one", "twitter")),
        ("domain", "evil.github.io", Value(IndicatorKind.DOMAIN, "evil.github.io")),
        ("url", "https://s3.amazonaws.com/evil/x.jpg", Value(IndicatorKind.URL, "https://s3.amazonaws.com/evil/x.jpg")),
        ("url", "https://github.com/Some-One", Value(IndicatorKind.HANDLE, "some-one", "github")),
        ("url", "https://someone.tumblr.com/", Value(IndicatorKind.HANDLE, "someone", "tumblr")),
        ("domain", "bücher.example", Value(IndicatorKind.DOMAIN, "xn--bcher-kva.example")),
    ],
)  # fmt: skip
def test_a_value_is_read_as_what_it_is(kind: str, written: str, value: Value) -> None:
    assert read_value(kind, written) == value


@pytest.mark.parametrize(
    ("kind", "written", "words"),
    [
        ("md5", "v21b4327d6881be1893fd2a8431317f6b", "32 hexadecimal digits"),
        ("domain_name", "18 accounts", "no web address"),
        ("domain_name", "localhost", "known public suffix"),
        ("domain_name", "co.uk", "public suffix, or is one"),
        ("domain_name", "github.io", "below which many have sites of their own"),
        ("url", "https://blogspot.com/", "below which many have sites of their own"),
        ("url", "https://mega.nz/#!id!key", "after a '#'"),
        ("colour", "red", "the type 'colour' is not known"),
        ("email", "someone at home", "no e-mail address"),
        ("handle", "someone", "names no platform"),
        ("phone", "1234", "country code"),
        ("ip", "300.1.1.1", "no IP address"),
        ("url", "  ", "empty"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(kind: str, written: str, words: str) -> None:
    with pytest.raises(UnreadableValueError, match=words):
        read_value(kind, written)


@pytest.mark.parametrize("text", ["63 accounts", "Sangkancil", "U.S.", "A.Þ.", "e.g.", "2.5", "", "file.mp4", "a@b"])
def test_words_and_counts_are_not_guessed_to_be_values(text: str) -> None:
    assert guess_value(text) is None


def test_a_bare_name_needs_the_platform_that_its_row_tells() -> None:
    assert guess_value("@Some_One") is None
    assert guess_value("@Some_One", "twitter") == Value(IndicatorKind.HANDLE, "some_one", "twitter")


@settings(deadline=None)
@given(st.sampled_from(_KINDS), st.text(max_size=60))
def test_any_text_is_read_or_refused(kind: str, text: str) -> None:
    guess_value(text)
    try:
        value = read_value(kind, text)
    except UnreadableValueError:
        return
    assert value.value


@settings(deadline=None)
@given(st.from_regex(r"(https?://)?[a-w]{5,8}\.(com|co\.uk|blogspot\.com)(/[a-z]{0,5})?", fullmatch=True))
def test_a_value_that_was_read_reads_as_itself(text: str) -> None:
    value = read_value("url", text)
    assert read_value("url", value.value) == value
