"""Times are understood or refused, never guessed."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbell.sources.post import FieldError
from watchbell.sources.times import EARLIEST, LATEST, instant, instant_or_none, lacks_clock, lacks_zone

AT = datetime(2021, 6, 8, 14, 3, 22, tzinfo=UTC)
WRITTEN = [
    "2021-06-08T14:03:22Z",
    "2021-06-08 14:03:22",
    "2021-06-08 14:03:22 UTC",
    "2021-06-08T16:03:22+02:00",
    "2021-06-08T14:03:22.000Z",
    "20210608T140322Z",
    "Tue Jun 08 14:03:22 +0000 2021",
    "2021-06-08 10:03:22 EDT",
    "2021-06-08 09:03:22 EST",
    " 1623161002 ",
    "1623161002.0",
    "1.623161002e9",
    "1623161002000",
    "1623161002000000",
    "1623161002000000000",
    1623161002,
    1623161002.0,
    1623161002000,
    1623161002000000,
    datetime(2021, 6, 8, 14, 3, 22),  # noqa: DTZ001  # a table's column without zone
    datetime(2021, 6, 8, 16, 3, 22, tzinfo=timezone(timedelta(hours=2))),
]


@pytest.mark.parametrize("value", WRITTEN, ids=str)
def test_one_instant_in_many_forms(value: Any) -> None:
    assert instant(value, "at") == AT


REFUSED = [
    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-12:00", "1970-01-01", 0, -1, 12, "0",
    "3/4/2017 19:58", "yesterday", "", None, float("nan"), float("inf"), True, [], {}, 10**30, "1" * 5000,
    "2021-13-01", "2021-06-08 25:00", "2021-06-08 14:03:22 CET", datetime(1, 1, 1), datetime.max,  # noqa: DTZ001, DTZ901
]  # fmt: skip


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: str(value)[:30])
def test_what_is_no_time_of_a_post_is_refused_with_field_and_value(value: Any) -> None:
    with pytest.raises(FieldError, match=r"\.$") as caught:
        instant(value, "tweet_time")
    assert caught.value.field == "tweet_time"
    assert len(str(caught.value)) < 250
    assert instant_or_none(value) is None


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30), timezones=ZONES))  # noqa: DTZ001  # the zones follow
def test_every_instant_comes_back_from_iso_and_from_microseconds(at: datetime) -> None:
    assert instant(at.isoformat(), "at") == at
    microseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert instant(microseconds, "at") == at
    assert instant(str(microseconds), "at") == at
    assert instant(microseconds // 1000, "at") == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(st.text(max_size=30) | st.floats() | st.integers())
def test_anything_is_a_time_between_1990_and_2100_or_refused(value: Any) -> None:
    at = instant_or_none(value)
    assert at is None or EARLIEST <= at < LATEST


def test_what_a_time_leaves_open_is_noticed() -> None:
    assert [lacks_zone(value) for value in ("2021-06-08 14:03", "2021-06-08T14:03Z", "1623161002", AT, 5)] == [
        True, False, False, False, False,
    ]  # fmt: skip
    assert [lacks_clock(value) for value in ("2021-06-08", "2021-06-08 14:03", date(2021, 6, 8), AT)] == [
        True, False, True, False,
    ]  # fmt: skip
