"""What is undone to read an ad, and that what is quoted are the ad's own words."""
# ruff: noqa: RUF001, RUF003  # letters that look alike are what is tested

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.ads.normalise import normalise


@pytest.mark.parametrize(
    "written",
    [
        "don't vote",
        "DON’T VOTE",
        "d0n't v0te",
        "dоn't vоte",  # Cyrillic о
        "do\u200bn't vo‍te",
        "ｄｏｎ'ｔ ｖｏｔｅ",  # full width
        "d o n ' t  v o t e",
        "D.O.N.T V.O.T.E",
        "d̶o̶n̶'t̶ v̶o̶t̶e̶",
        "𝐝𝐨𝐧'𝐭 𝐯𝐨𝐭𝐞",  # mathematical bold
        "ᴅᴏɴ'ᴛ ᴠᴏᴛᴇ",
    ],
)
def test_tricks_are_undone(written: str) -> None:
    assert " ".join(normalise(written).text.split()) == "dont vote"


@pytest.mark.parametrize("kept", ["november 3rd", "$20.20", "covid19", "4x match", "10am", "november 4th, 2020"])
def test_dates_sums_and_ordinals_stay(kept: str) -> None:
    assert normalise(kept).text == kept


def test_accents_fall_and_quotes_become_plain() -> None:
    assert normalise("¿Élections? «Wähler» aus Groß").text == '¿elections? "wahler" aus gross'


def test_words_spread_with_one_sign_are_told_apart() -> None:
    assert normalise("d o n t v o t e").text == "dont vote"


def test_the_quote_is_what_stood_there() -> None:
    written = "Please, dоn’t  vоte!"
    plain = normalise(written)
    start = plain.text.index("dont")
    assert plain.quote(start, plain.text.index("!")) == "dоn’t  vоte"


@given(st.text(max_size=200))
def test_any_text_keeps_a_place_for_each_letter(written: str) -> None:
    plain = normalise(written)
    assert len(plain.text) == len(plain.origin)
    assert list(plain.origin) == sorted(plain.origin)
    assert all(0 <= place < len(written) for place in plain.origin)


@given(st.text(alphabet="abc dote'0.-", max_size=80))
def test_quotes_are_cut_from_the_original(written: str) -> None:
    plain = normalise(written)
    if plain.text:
        assert plain.quote(0, len(plain.text)) in written
