"""STIX patterns, written and read back; what means more than a value is refused."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2patterns.validator import run_validator

from watchbell.exchange.patterns import MAX_PATTERN, pattern_of, values_of_pattern
from watchbell.exchange.values import UnreadableValueError, Value
from watchbell.model.indicators import Indicator, IndicatorKind

_NOW = datetime(2026, 11, 24, tzinfo=UTC)
_MD5, _SHA256 = "10c1f38305792a0f925e8a2cf9482ce3", "768510fa9eb807bba9c3dcb3c7f87b771e20fa3d81247539e9ea4349205e39eb"


def _indicator(value: Value) -> Indicator:
    return Indicator(
        id="indicator--x",
        kind=value.kind,
        value=value.value,
        platform=value.platform,
        published_as=value.value,
        source="Meta",
        valid_from=_NOW,
        created=_NOW,
        modified=_NOW,
    )


@pytest.mark.parametrize(
    "value",
    [
        Value(IndicatorKind.DOMAIN, "bad.example"),
        Value(IndicatorKind.URL, "https://bad.example/it's?q=\\"),
        Value(IndicatorKind.HANDLE, "some_one", "telegram"),
        Value(IndicatorKind.EMAIL, "info@bad.example"),
        Value(IndicatorKind.IP, "192.0.2.7"),
        Value(IndicatorKind.IP, "2001:db8::7"),
        Value(IndicatorKind.CIDR, "192.0.2.0/24"),
        Value(IndicatorKind.MD5, _MD5),
        Value(IndicatorKind.SHA1, "a" * 40),
        Value(IndicatorKind.SHA256, _SHA256),
        Value(IndicatorKind.PACKAGE, "com.abs.Editor", "android"),
        Value(IndicatorKind.PACKAGE, "1555651942", "ios"),
        Value(IndicatorKind.PDQ, _SHA256),
        Value(IndicatorKind.PHONE, "+49301234567"),
        Value(IndicatorKind.HASHTAG, "stophetverraad"),
        Value(IndicatorKind.TEXT, "They'll close the \\polls\nat noon"),
    ],
)
def test_a_pattern_is_valid_stix_and_reads_back(value: Value) -> None:
    pattern = pattern_of(_indicator(value))
    assert run_validator(pattern, stix_version="2.1") == []
    read = values_of_pattern(pattern)
    if value.kind is IndicatorKind.URL:  # reading brings a page into its canonical form
        assert read == [Value(IndicatorKind.URL, "https://bad.example/it's?q=%5C")]
    else:
        assert read == [value]


def test_values_joined_by_or_are_read_each_once() -> None:
    pattern = (
        f"[domain-name:value = 'a.example' OR url:value IN ('https://b.example/x', 'https://twitter.com/C')] "
        f"OR ([file:hashes.'SHA-256' = '{_SHA256}'] OR [(file:hashes.MD5 = '{_MD5}')]) "
        "OR [domain-name:value='a.example']"
    )
    assert values_of_pattern(pattern) == [
        Value(IndicatorKind.DOMAIN, "a.example"),
        Value(IndicatorKind.URL, "https://b.example/x"),
        Value(IndicatorKind.HANDLE, "c", "twitter"),
        Value(IndicatorKind.SHA256, _SHA256),
        Value(IndicatorKind.MD5, _MD5),
    ]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("[domain-name:value = 'a.example' AND url:value = 'https://a.example/x']", "cannot be parsed"),
        ("[file:name = 'x.exe' AND file:hashes.MD5 = '" + _MD5 + "']", "AND"),
        ("[domain-name:value = 'a.example'] AND [url:value = 'https://b.example/x']", "AndObservation"),
        ("[domain-name:value = 'a.example'] WITHIN 300 SECONDS", "Qualified"),
        ("[domain-name:value != 'a.example']", "NOT"),
        ("[domain-name:value NOT IN ('a.example')]", "NOT"),
        ("[ipv4-addr:value NOT ISSUBSET '192.0.2.0/24']", "NOT"),
        ("[domain-name:value LIKE '%.example']", "Like"),
        ("[domain-name:value MATCHES '.*']", "Matches"),
        ("[user-account:account_login = 'x']", "platform"),
        ("[process:name = 'x']", "process:name"),
        ("[file:size = 25]", "no text"),
        ("[domain-name:value = 'no domain']", "no web address"),
        ("[domain-name:value = ", "cannot be parsed"),
        ("", "cannot be parsed"),
        ("[" * 10_000, "cannot be parsed"),
        ("x" * (MAX_PATTERN + 1), "longer"),
    ],
)
def test_a_pattern_that_means_more_than_a_value_is_refused(pattern: str, words: str) -> None:
    with pytest.raises(UnreadableValueError, match=words):
        values_of_pattern(pattern)


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet="[]()'\\=:.-ORANDxdomain-namevalue ", max_size=60))
def test_any_text_is_read_or_refused(pattern: str) -> None:
    with contextlib.suppress(UnreadableValueError):
        assert values_of_pattern(pattern)
