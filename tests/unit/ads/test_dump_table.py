"""A dump's rows say what the records say, in however many pieces those are decoded."""

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.ads import library
from watchbell.ads.library import dump_table, fields_of, flat
from watchbell.model.ads import Ad, Count, Money, Removal, RemovalReason, Seen, Targeting

TEXTS = st.none() | st.text(max_size=12)
SUMS = st.decimals(min_value=0, max_value=10**9, places=2)
TIMES = st.none() | st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis takes them so
ADS = st.builds(
    Ad,
    id=st.text(min_size=1, max_size=8),
    source=st.just("snap"),
    platform=st.just("snapchat"),
    text=TEXTS,
    payer=TEXTS,
    spend=st.none() | st.builds(Money, currency=st.just("EUR"), lower=SUMS, upper=st.none() | SUMS),
    impressions=st.none() | st.builds(Count, lower=st.integers(0, 2**53), upper=st.none()),
    started_at=TIMES,
    ended_at=TIMES,
    targeting=st.lists(st.builds(Targeting, dimension=st.text(max_size=5), value=st.text(max_size=5)), max_size=3).map(
        tuple
    ),
    seen_by=st.lists(st.builds(Seen, share=st.just(Decimal("0.50")), age=st.just("18-24")), max_size=2).map(tuple),
    links=st.lists(st.text(max_size=5), max_size=2).map(tuple),
    removed=st.none()
    | st.builds(
        Removal,
        reason=st.sampled_from(RemovalReason),
        by=st.just("A house"),
        at=st.just(datetime(2026, 1, 1, tzinfo=UTC)),
    ),
)


@settings(max_examples=40)
@given(st.lists(ADS, max_size=9))
def test_every_row_says_what_its_record_says(ads: list[Ad]) -> None:
    rows = dump_table([ad.model_dump_json() for ad in ads], [None] * len(ads)).to_dicts()
    assert len(rows) == len(ads)
    for row, ad in zip(rows, ads, strict=True):
        for name in ("id", "text", "payer", "started_at", "ended_at", "clicks"):
            assert row[name] == getattr(ad, name)
        assert row["links"] == list(ad.links)
        assert row["targeting"] == [aim.model_dump() for aim in ad.targeting]
        assert [one["share"] for one in row["seen_by"]] == [str(one.share) for one in ad.seen_by]
        assert row["spend_lower"] == (str(ad.spend.lower) if ad.spend else None)
        assert row["impressions_lower"] == (ad.impressions.lower if ad.impressions else None)
        assert row["removed_reason"] == (ad.removed.reason if ad.removed else None)
        assert (row["verdict"], row["decided_by_person"]) == (None, None)


@pytest.mark.parametrize("piece", [1, 2, 5])
def test_the_pieces_in_which_records_are_decoded_do_not_show(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    ads = [
        Ad(id=f"a:{number}", source="a", platform="p", text="=1+1" if number % 2 else None, links=("x",) * (number % 3))
        for number in range(11)
    ]
    records = [ad.model_dump_json() for ad in ads]
    whole, few = dump_table(records, [None] * 11), fields_of(records, ("id", "links"))
    monkeypatch.setattr(library, "_DECODED_AT_ONCE", piece)
    table = dump_table(records, [None] * 11)
    assert table.equals(whole)
    assert table.schema == whole.schema
    assert (table.write_ndjson(), flat(table).write_csv()) == (whole.write_ndjson(), flat(whole).write_csv())
    assert fields_of(records, ("id", "links")).equals(few)


def test_no_ads_have_the_same_columns() -> None:
    assert dump_table([], []).schema == dump_table(['{"id": "a:1"}'], [None]).schema
    assert fields_of([], ("id", "spend")).schema["id"] == pl.String
