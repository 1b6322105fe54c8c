"""Which pairs are within one platform, and which across two."""

import polars as pl
import pytest

from watchbell.detect.platforms import Span, by_platforms, spanning

PAIRS = pl.DataFrame(
    [
        ("telegram:1", "twitter:a", 2),
        ("twitter:a", "twitter:b", 3),
        ("twitter:b", "vk:1", 1),
        ("https://x.example", "twitter:a", 1),
        ("x", "y", 1),
    ],
    ["account_a", "account_b", "post_pairs"],
    orient="row",
)


@pytest.mark.parametrize(("span", "rows"), [(Span.ALL, 5), (Span.ACROSS, 2), (Span.WITHIN, 3)])
def test_each_pair_is_within_or_across(span: Span, rows: int) -> None:
    assert spanning(PAIRS.lazy(), span).collect().height == rows


def test_pairs_are_counted_by_the_platforms_of_their_accounts() -> None:
    assert by_platforms(PAIRS).rows() == [
        ("no named platform", 1, 2, 1),
        ("no named platform and twitter", 1, 2, 1),
        ("telegram and twitter", 1, 2, 2),
        ("twitter", 1, 2, 3),
        ("twitter and vk", 1, 2, 1),
    ]
