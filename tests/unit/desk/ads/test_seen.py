"""Who saw a payer's ads: shares between the bounds that the impressions allow, and no wider."""

from decimal import Decimal
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.desk.ads.seen import who_saw
from watchbell.desk.ads.sums import told_ads
from watchbell.model.ads import Ad, Count, Seen


def ad(number: int, shown: tuple[int, int | None], **shares: str) -> Ad:
    seen = tuple(Seen(share=Decimal(share), age=age.strip("_"), gender="female") for age, share in shares.items())
    bounds = Count(lower=shown[0], upper=shown[1])
    return Ad(id=f"jsonl:{number}", source="jsonl", platform="facebook", impressions=bounds, seen_by=seen)


def table(*ads: Ad) -> pl.DataFrame:
    return told_ads([one.model_dump_json() for one in ads])


def test_exact_impressions_give_exact_shares() -> None:
    seen = who_saw(
        table(ad(1, (100, 100), _18="0.5", _65="0.5"), ad(2, (300, 300), _18="0.1", _65="0.9"), ad(3, (9, 9)))
    )
    assert seen
    assert (seen.ads, seen.least, seen.most, seen.open_ads) == (2, 400, 400, 0)
    found = {part.name: (round(part.lower, 6), round(part.upper, 6)) for part in seen.people}
    assert found == {"65, female": (0.8, 0.8), "18, female": (0.2, 0.2)}


def test_a_group_that_one_ad_does_not_name_has_no_part_in_it() -> None:
    seen = who_saw(table(ad(1, (100, 100), _18="1"), ad(2, (100, 100), _65="1")))
    assert seen
    assert {(part.lower, part.upper) for part in seen.people} == {(0.5, 0.5)}


def test_where_no_source_tells_there_is_nothing_to_tell() -> None:
    assert who_saw(table(ad(1, (100, 100)))) is None
    assert who_saw(table(ad(1, (0, None), _18="1"))) is None


def test_an_ad_without_an_upper_bound_is_left_out_and_counted() -> None:
    seen = who_saw(table(ad(1, (100, 100), _18="1"), ad(2, (1_000_000, None), _65="1")))
    assert seen
    assert (seen.ads, seen.open_ads, [part.name for part in seen.people]) == (1, 1, ["18, female"])


@given(
    st.lists(
        st.tuples(st.integers(1, 100), st.integers(0, 100), st.sampled_from(["0", "0.1", "0.35", "0.5", "0.9", "1"])),
        min_size=1,
        max_size=5,
    )
)
def test_the_bounds_are_those_of_the_corners(rows: list[tuple[int, int, str]]) -> None:
    """A mean of shares over weights in a box is least and greatest at a corner of the box."""
    ads = [ad(number, (least, least + more), _18=share) for number, (least, more, share) in enumerate(rows)]
    means = [
        sum(weight * float(share) for weight, (_, _, share) in zip(corner, rows, strict=True)) / sum(corner)
        for corner in product(*((least, least + more) for least, more, _ in rows))
    ]
    seen = who_saw(table(*ads))
    assert seen
    (part,) = seen.people
    assert [part.lower, part.upper] == pytest.approx([min(means), max(means)])
