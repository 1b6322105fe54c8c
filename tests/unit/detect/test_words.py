"""One text is one thing, however it was typed."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.detect.words import WORDS


def words(*texts: str) -> list[str]:
    found: list[str] = pl.DataFrame({"text": texts}).select(WORDS)["text"].to_list()
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Stay\u200b home", "stay home"),  # zero-width space inside a word
        ("STRASSE straße", "strasse straße"),
        ("e\u0301lections", "\u00e9lections"),  # a combining accent, and the letter composed
        ("e\u200d\u0301lections", "\u00e9lections"),
        ("\ufb01nal", "final"),  # ligature
        ("\u202bانتخابات\u202c", "انتخابات"),  # noqa: RUF001  # right-to-left embedding
        ("سلـــام", "سلام"),  # stretched
        ("مُحَمَّد", "محمد"),  # vowel signs
        ("می\u200cخواهم", "میخواهم"),  # noqa: RUF001  # Persian non-joiner
        ("2024年,選挙", "\uff12\uff10\uff12\uff14年\uff0c選挙"),  # full width
        ("が", "か\u3099"),  # kana with its voicing mark
        ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),  # Hangul in letters
        ("❤️ 👨\u200d👩\u200d👧", "❤ 👨👩👧"),  # variation selector and joiners
        ("投票 https://t.co/abc太好了", "投票 太好了"),  # a link that no space ends
        ("RT @a: RT @b: vote", "vote"),
        ("one\ttwo\r\n three", "one two three"),
    ],
)
def test_spellings_of_one_text_meet(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("हिन्दी", "हिनदी"),  # a virama is read
        ("شآن", "شان"),  # madda makes another letter
        ("が", "か"),
        ("ö", "o"),
        ("vote 👍🏽", "vote 👎🏽"),
        ("call @a: now", "now"),  # only at the start, and only after RT
    ],
)
def test_what_is_read_differently_stays_apart(one: str, other: str) -> None:
    assert words(one) != words(other)


@given(
    st.lists(
        st.text() | st.from_regex(r"(rt @\w+: ?|https?://|\u0640|\u200d|Σ| )*", fullmatch=True), min_size=1, max_size=20
    )
)
def test_writing_it_again_changes_nothing(texts: list[str]) -> None:
    once = words(*texts)
    assert words(*once) == once
