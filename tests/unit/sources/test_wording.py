"""Values as exports write them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.sources.languages import language_of
from watchbell.sources.wording import (
    hashtags_in,
    id_of,
    links_of,
    mentions_in,
    names_of,
    number_of,
    plain_text,
    text_of,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, "7"),
        ("7 ", "7"),
        (1505034921.0, "1505034921"),
        ("1505034921.0", "1505034921"),
        ("1.5", "1.5"),
        ("", None),
        (None, None),
        (float("nan"), None),
        ("nan", None),
        (1234567890123456789, "1234567890123456789"),
    ],
)
def test_ids(value: Any, expected: str | None) -> None:
    assert id_of(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["#a", "b"], ("a", "b")),
        ("[a, b]", ("a", "b")),
        ("['a', 'b']", ("a", "b")),
        ('["a", "b"]', ("a", "b")),
        ("#a #b", ("a", "b")),
        ("a|b;a", ("a", "b")),
        ("[]", ()),
        ("", ()),
        (None, ()),
        ("#none", ("none",)),
    ],
)
def test_lists_of_names(value: Any, expected: tuple[str, ...]) -> None:
    assert names_of(value, "#") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://a.org/x,y https://b.org", ("https://a.org/x,y", "https://b.org")),
        ("['https://a.org/x,y', 'https://b.org']", ("https://a.org/x,y", "https://b.org")),
        ("[https://a.org, https://b.org]", ("https://a.org", "https://b.org")),
        (["https://a.org", None], ("https://a.org",)),
        ("[]", ()),
        (None, ()),
    ],
)
def test_lists_of_links(value: Any, expected: tuple[str, ...]) -> None:
    assert links_of(value) == expected


def test_hashtags_and_mentions_in_text() -> None:
    text = "#Vote2020 now! #2020 a#b &#39; #Мы_вместе #投票 mail me@example.org @One, @two@server.social."
    assert hashtags_in(text) == ("Vote2020", "Мы_вместе", "投票")
    assert mentions_in(text) == ("One", "two@server.social")


def test_html_gives_its_words_and_the_links_that_are_no_names() -> None:
    html = (
        '<p>Read <a href="https://example.org/a?b=1&amp;c=2"><span>example.org</span></a> &amp; tell<br>all</p>'
        '<p><a class="mention hashtag" href="https://server.social/tags/x">#<span>x</span></a></p>'
    )
    assert plain_text(html) == ("Read example.org & tell\nall\n\n#x", ("https://example.org/a?b=1&c=2",))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("en", "en"),
        ("pt-BR", "pt"),
        ("English", "en"),
        ("Simplified Chinese", "zh"),
        ("und", None),
        ("", None),
        (5, None),
        ("LANGUAGE UNDEFINED", None),
    ],
)
def test_languages(value: Any, expected: str | None) -> None:
    assert language_of(value) == expected


@given(st.none() | st.text() | st.floats() | st.integers() | st.lists(st.text()))
def test_no_value_makes_reading_fail(value: Any) -> None:
    text_of(value), id_of(value), names_of(value), links_of(value), language_of(value)
    number = number_of(value)
    assert number is None or abs(number) < 2**63


@given(st.text())
def test_any_text_is_some_html(text: str) -> None:
    plain_text(text)
