from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from watchbell.ads.advertisers.authorization import State, StepState
from watchbell.ads.payers.statements import Authority
from watchbell.model.ads import Count, Money
from watchbell.model.advertisers import DisclaimerVerdict, EvidenceKind, EvidenceVerdict
from watchbell.model.appeals import AppealState
from watchbell.model.payers import Delivery
from watchbell.web import words
from watchbell.web.advertiser import words as advertiser_words
from watchbell.web.advertiser.forms import EVIDENCE_FORMS


def test_a_time_is_written_out_in_utc_and_for_machines() -> None:
    at = datetime(2021, 6, 8, 16, 3, 22, tzinfo=timezone(timedelta(hours=2)))
    assert words.when(at) == '<time datetime="2021-06-08T14:03:22Z">8 June 2021, 14:03:22 UTC</time>'
    assert words.day(datetime(2021, 6, 8, tzinfo=UTC)) == '<time datetime="2021-06-08">8 June 2021</time>'
    assert words.when(None) == words.day(None) == "not known"


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [("161.23", "161.23", "161.23 RUB"), ("1800", "1800", "1,800 RUB"), ("0", "99", "0 to 99 RUB")],
)
def test_a_sum_reads_as_its_source_gives_it(lower: str, upper: str, expected: str) -> None:
    assert words.money(Money(currency="RUB", lower=Decimal(lower), upper=Decimal(upper))) == expected


def test_an_open_range_says_more_than() -> None:
    assert words.money(Money(currency="USD", lower=Decimal(1000), upper=None)) == "more than 1,000 USD"
    assert words.count(Count(lower=1_000_000, upper=None)) == "more than 1,000,000"
    assert words.money(None) == words.count(None) == "not published"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (2.5, "2.5 s"), (60, "1 min"), (125, "2 min 5 s"), (3_600, "1 h"), (93_784, "1 d 2 h")],
)
def test_a_length_of_time_has_at_most_two_units(seconds: float, expected: str) -> None:
    assert words.span(seconds) == words.span(timedelta(seconds=seconds)) == expected


def test_addresses_of_one_site_stay_apart_when_cut() -> None:
    stem = "https://herald.example/" + "x" * 80
    assert words.ends(stem + "1") != words.ends(stem + "2")
    assert len(words.ends(stem)) <= 56
    assert words.ends("https://a.example/b") == "a.example/b"
    assert words.short("a\nb  c", 10) == "a b c"


@pytest.mark.parametrize(
    ("words", "enum"),
    [
        (advertiser_words.ADVERTISER_STATES, State),
        (advertiser_words.STEP_STATES, StepState),
        (advertiser_words.EVIDENCE_VERDICTS, EvidenceVerdict),
        (advertiser_words.EVIDENCE_KINDS, EvidenceKind),
        (advertiser_words.DISCLAIMER_VERDICTS, DisclaimerVerdict),
        (advertiser_words.APPEAL_STATES, AppealState),
        (advertiser_words.DELIVERIES, Delivery),
        (advertiser_words.AUTHORITIES, Authority),
        (EVIDENCE_FORMS, EvidenceKind),
    ],
)
def test_nothing_that_an_advertiser_can_meet_lacks_words(words: dict[Any, Any], enum: type[StrEnum]) -> None:
    assert set(words) == set(enum)
