"""Texts that are half alike are one object, and no others are."""

import random
import unicodedata
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.detect.actions import joined
from watchbell.detect.near_text import SHORTEST, compared, near_texts
from watchbell.model.actions import ACTIONS

ORIGINAL = "thousands of ballots were found in a river near the county seat this morning"
EDITED = "thousands of ballots were found in a lake near the county seat this evening"
OTHER = "the weather will be fine on election day and every polling place is open until eight"


def standing(*texts: str) -> dict[str, str]:
    return dict(zip(texts, near_texts(pl.Series(texts, dtype=pl.String)), strict=True))


def shingles(text: str) -> set[str]:
    """Five letters or three wide characters, from Unicode's own table."""
    widths = [5 if unicodedata.east_asian_width(character) in "WF" else 3 for character in text]
    found = set()
    for start in range(len(text)):
        end, width = start, 0
        while end < len(text) and width < 15:
            width += widths[end]
            end += 1
        if width >= 15:
            found.add(text[start:end])
    return found


def jaccard(one: str, other: str) -> float:
    a, b = (shingles(compared(pl.Series([text])).item()) for text in (one, other))
    return len(a & b) / len(a | b)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ORIGINAL, EDITED),
        (ORIGINAL, f"breaking: {ORIGINAL} share it!"),
        (ORIGINAL, f"{ORIGINAL} #rigged #stopthecount @someone"),
        (
            "الانتخابات مزورة ويجب على الجميع أن ينزلوا إلى الشارع اليوم",
            "الانتخابات مزورة ويجب على الجميع أن ينزلوا إلى الشارع غدا",
        ),
        ("הבחירות זויפו וכולם חייבים לצאת לרחובות היום בערב", "הבחירות זויפו וכולם חייבים לצאת לרחובות מחר בערב"),
        (
            "选举结果被操纵了所有人今天晚上都必须到市政府前面去抗议",
            "选举结果被操纵了所有人明天晚上都必须到市政府前面去抗议",
        ),
        (
            "선거 결과가 조작되었습니다 오늘 밤 시청 앞으로 모두 나오세요",
            "선거 결과가 조작되었습니다 내일 밤 시청 앞으로 모두 나오세요",
        ),
        ("выборы были сфальсифицированы все на площадь сегодня", "выборы были сфальсифицированы все на площадь завтра"),
    ],
)
def test_versions_of_a_text_are_one(one: str, other: str) -> None:
    stands = standing(one, other, OTHER)
    assert stands[one] == stands[other] in {one, other}
    assert stands[OTHER] == OTHER


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vote for alice now", "vote for alice now!"),  # under 20 characters
        ("#thingsmoretrustedthanhillary a used car salesman", "#thingsmoretrustedthanhillary gas station sushi rolls"),
        ("@a @b @c @d @e @f @g @h i am going home for today", "@a @b @c @d @e @f @g @h nobody asked you to speak"),
        ("@verylonghandleofsomeone yes", "@verylonghandleofsomeone no"),
    ],
)
def test_others_stay_apart(one: str, other: str) -> None:
    assert standing(one, other) == {one: one, other: other}


def test_no_texts_and_short_ones_are_left_as_they_are() -> None:
    assert near_texts(pl.Series([], dtype=pl.String)).to_list() == []
    assert standing("a", "b") == {"a": "a", "b": "b"}


def is_true(text: str, stands: dict[str, str]) -> bool:
    """Say whether a text is where it belongs: nearly alike to its centre, and half alike to something there."""
    stood = stands[text]
    there = [other for other in stands if stands[other] == stood and other != text]
    return text == stood or (
        jaccard(text, stood) >= 0.4 and any(jaccard(text, other) >= 0.5 for other in [stood, *there])
    )


def test_a_chain_is_cut_so_that_every_text_is_like_the_one_that_stands_for_it() -> None:
    """Each differs from the next by a little, the first from the last by all."""
    letters = random.Random(1)
    words = ["".join(letters.choices("abcdefghijklmnop", k=7)) for _ in range(60)]
    chain = [" ".join(words[k : k + 12]) for k in range(48)]
    assert all(jaccard(one, other) >= 0.5 for one, other in pairwise(chain))
    stands = standing(*chain)
    assert 4 < len(set(stands.values())) < 24
    assert all(is_true(text, stands) for text in chain)


@pytest.mark.parametrize(("changed", "nearly"), [(4, True), (5, False)])
def test_a_text_goes_where_its_like_are_if_it_is_nearly_like_the_centre(changed: int, nearly: bool) -> None:
    """It is half alike to two versions, and less than that to the original that stands for them."""
    words = [f"{letter}ord{number}x" for number, letter in enumerate("wbcdfghijklmno")]
    original = " ".join(words)
    versions = [" ".join([*words[:-1], "another shared end", str(number)]) for number in range(2)]
    far = " ".join([*(f"other{k}" for k in range(changed)), *words[changed:-1], "another shared end"])
    stands = standing(original, *(f"{original} {number}" for number in range(6)), *versions, far)
    assert jaccard(far, stands[versions[0]]) < 0.5 <= jaccard(far, versions[0])
    assert stands[far] == (stands[original] if nearly else far)


def test_a_crowd_of_versions_of_one_template_is_one_object() -> None:
    """More than a text is compared with in one band."""
    crowd = [f"{k} people have already signed the petition for a recount of all votes" for k in range(2_000)]
    assert len(set(standing(*crowd).values())) == 1


_WORD = st.sampled_from(
    [
        "ballot",
        "river",
        "county",
        "選挙",
        "결과",
        "انتخابات",
        "vote",
        "😀",
        "the",
        "a",
        "of",
        "#tag",
        "@name",
        "recount",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_WORD, min_size=3, max_size=14).map(" ".join), unique=True, max_size=25), st.randoms())
def test_the_answer_is_true_and_knows_no_order(texts: list[str], chance: random.Random) -> None:
    stands = standing(*texts)
    shuffled = chance.sample(texts, len(texts))
    assert standing(*shuffled) == stands
    for text, stood in stands.items():
        assert is_true(text, stands)
        assert stands[stood] == stood
    alone = [t for t in texts if stands[t] == t and len(compared(pl.Series([t])).item()) >= SHORTEST]
    # Two that each stand for themselves are not half alike, but for the 0.2% that no band shows.
    assert sum(jaccard(one, other) >= 0.55 for one, other in combinations(alone, 2)) <= 1


def actions(*rows: tuple[str, str, str]) -> pa.Table:
    at = datetime(2024, 11, 5, tzinfo=UTC)
    return pa.Table.from_pylist(
        [
            {"kind": kind, "account_id": account, "object_id": text, "at": at + timedelta(seconds=k), "post_id": str(k)}
            for k, (kind, account, text) in enumerate(rows)
        ],
        ACTIONS,
    )


def test_actions_on_versions_of_a_text_become_actions_on_one() -> None:
    table = actions(
        ("text", "x:a", ORIGINAL), ("text", "x:b", EDITED), ("exact_text", "x:b", EDITED), ("own", "x:c", ORIGINAL)
    )
    found = pl.DataFrame(joined(table)).sort("post_id")
    assert found["object_id"].n_unique() == 2
    assert found["object_id"][0] == found["object_id"][1]
    assert found["object_id"].to_list()[2:] == [EDITED, ORIGINAL]
    assert joined(table).schema == ACTIONS
    assert found.drop("object_id").equals(pl.DataFrame(table).drop("object_id"))


def test_no_actions_stay_none() -> None:
    assert joined(ACTIONS.empty_table()).num_rows == 0
