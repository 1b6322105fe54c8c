"""Confidence fades as MISP's polynomial model says; the figures are computed by hand from its formula."""

from datetime import UTC, datetime, timedelta

import pytest

from watchbell.model.decay import ACCOUNTS, ADDRESSES, Decay, confidence_at, curve_of, fades_at
from watchbell.model.indicators import Indicator, IndicatorKind

START = datetime(2026, 1, 1, tzinfo=UTC)


def indicator(kind: IndicatorKind = IndicatorKind.DOMAIN, confidence: int | None = None) -> Indicator:
    return Indicator(
        id="i", kind=kind, value="a.example", published_as="a", source="s", confidence=confidence,
        valid_from=START, created=START, modified=START,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "score"),
    # 80 * (1 - sqrt(days / 120)): MISP's nids-simple-model, base score 80.
    [(0, 80), (30, 40), (60, 23), (120, 0), (500, 0), (-5, 80)],
)
def test_the_curve_of_misp(days: int, score: int) -> None:
    assert confidence_at(indicator(), START + timedelta(days=days)) == score


def test_the_phishing_model_of_misp() -> None:
    assert Decay(timedelta(days=3), 2.3, 30).score(80, timedelta(days=1)) == pytest.approx(
        80 * (1 - (1 / 3) ** (1 / 2.3))
    )


def test_a_sighting_starts_the_curve_afresh() -> None:
    at = START + timedelta(days=100)
    assert confidence_at(indicator(), at, last_seen=START + timedelta(days=70)) == 40
    assert confidence_at(indicator(), at, last_seen=START - timedelta(days=70)) == confidence_at(indicator(), at)


def test_a_hash_does_not_fade() -> None:
    assert curve_of(IndicatorKind.SHA256) is None
    assert confidence_at(indicator(IndicatorKind.SHA256, 60), START + timedelta(days=3_000)) == 60
    assert fades_at(indicator(IndicatorKind.PDQ)) is None


@pytest.mark.parametrize(("confidence", "curve"), [(100, ADDRESSES), (80, ADDRESSES), (30, ADDRESSES), (0, ADDRESSES)])
def test_it_fades_when_the_score_meets_the_threshold(confidence: int, curve: Decay) -> None:
    at = fades_at(indicator(confidence=confidence))
    assert at
    assert curve.score(confidence, at - START) == pytest.approx(min(confidence, curve.threshold), abs=1e-3)
    assert fades_at(indicator(IndicatorKind.HANDLE, confidence)) == START + ACCOUNTS.lasts(confidence)
