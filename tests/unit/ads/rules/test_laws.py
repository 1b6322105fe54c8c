"""Rules under the law of where an ad runs, and periods in which they go further."""

from datetime import UTC, date, datetime, timedelta

import pytest

from watchbell.ads.elections.calendar import Calendar, Election, Period
from watchbell.ads.review import Aids, review
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.model.ads import Ad, AdDecision, Verdict

RULES = RuleBook.bundled()
AT = datetime(2026, 5, 1, tzinfo=UTC)
BUYS = "We will pay you $40 for your vote on Tuesday."
RIGGED = "The election was rigged, everybody knows."
SECOND = timedelta(seconds=1)


def decided(text: str, country: str | None, aids: Aids | None = None, **fields: object) -> AdDecision:
    given = {"id": "a:1", "source": "a", "platform": "p", "text": text, "country": country, "payer": "Friends of Lee"}
    ad = Ad.model_validate(given | {"started_at": AT} | fields)
    return review(ad, RULES, now=AT, aids=aids or Aids())


@pytest.mark.parametrize(
    ("country", "source"),
    [
        ("US", "18 U.S.C. 597"),
        ("GB", "Representation of the People Act 1983, section 113"),
        ("DE", "Strafgesetzbuch, section 108b"),
        ("FR", "Code électoral, article L. 106"),
        ("ES", "article 146.1"),
        ("CA", "282.7(1)"),
        ("ZZ", "Meta Community Guidelines"),
        (None, "Meta Community Guidelines"),
    ],
)
def test_a_finding_names_the_law_of_where_the_ad_runs(country: str | None, source: str) -> None:
    decision = decided(BUYS, country)
    assert decision.verdict is Verdict.REJECT
    assert source in (decision.policies[0].source or "")


def test_a_verdict_may_differ_by_jurisdiction() -> None:
    assert decided("Vota dos veces, una hoy y otra mañana.", "ES").verdict is Verdict.REJECT
    assert decided("Vota dos veces, una hoy y otra mañana.", "EE").verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    ("country", "aimed_at", "text", "verdict"),
    [
        ("US", "Georgia", "You must bring your passport to vote.", Verdict.APPROVE),
        ("US", "Ohio", "You must bring your passport to vote.", Verdict.REVIEW),
        ("US", "Georgia", "You must bring your passport and your birth certificate to vote.", Verdict.REVIEW),
        ("GB", None, "You must show your passport at the polls.", Verdict.APPROVE),
        ("GB", None, "You must show your passport and a bank statement at the polls.", Verdict.REJECT),
        ("ES", None, "Para votar necesitas tu pasaporte o tu DNI.", Verdict.APPROVE),
        ("ES", None, "Para votar necesitas tu pasaporte y tu acta de nacimiento.", Verdict.REJECT),
    ],
)
def test_who_names_the_papers_that_the_law_asks_for_says_what_is_so(
    country: str, aimed_at: str | None, text: str, verdict: Verdict
) -> None:
    aims = [{"dimension": "state", "value": aimed_at}] if aimed_at else []
    assert decided(text, country, targeting=aims).verdict is verdict


def in_period(zones: tuple[str, ...], codes: tuple[str, ...] = ("AD-DELEG",)) -> Aids:
    period = Period(first=date(2026, 9, 4), last=date(2026, 11, 3), codes=codes, source="A policy")
    election = Election(
        id="zz-2026",
        jurisdiction="ZZ",
        name="Vote of ZZ",
        days=(date(2026, 11, 3),),
        source="A law",
        official="https://zz.example",
        zones=zones,
        periods=(period,),
    )
    return Aids(calendar=Calendar([election]))


@pytest.mark.parametrize(
    ("zones", "begins", "ends"),
    [
        ((), datetime(2026, 9, 4, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)),
        # Summer time: 12 hours and 10 hours from UTC; in November 13 hours ahead.
        (("Pacific/Auckland",), datetime(2026, 9, 3, 12, tzinfo=UTC), datetime(2026, 11, 3, 11, tzinfo=UTC)),
        (("Pacific/Honolulu",), datetime(2026, 9, 4, 10, tzinfo=UTC), datetime(2026, 11, 4, 10, tzinfo=UTC)),
        # It is the day somewhere in the jurisdiction.
        (
            ("Pacific/Auckland", "Pacific/Honolulu"),
            datetime(2026, 9, 3, 12, tzinfo=UTC),
            datetime(2026, 11, 4, 10, tzinfo=UTC),
        ),
    ],
)
def test_a_period_begins_and_ends_with_the_local_day(zones: tuple[str, ...], begins: datetime, ends: datetime) -> None:
    def proposed(at: datetime) -> Verdict | None:
        decision = decided(RIGGED, "ZZ", in_period(zones), started_at=at)
        assert decision.verdict is Verdict.REVIEW
        return decision.proposed

    assert [proposed(begins - SECOND), proposed(begins)] == [None, Verdict.REJECT]
    assert [proposed(ends - SECOND), proposed(ends)] == [Verdict.REJECT, None]


def test_an_ad_that_runs_into_a_period_is_in_it() -> None:
    before = datetime(2026, 9, 1, tzinfo=UTC)
    aids = in_period(())
    assert decided(RIGGED, "ZZ", aids, started_at=before, ended_at=before + timedelta(days=1)).proposed is None
    into = decided(RIGGED, "ZZ", aids, started_at=before, ended_at=before + timedelta(days=5))
    assert into.proposed is Verdict.REJECT
    assert "2026-09-04 to 2026-11-03" in into.policies[0].reason


def test_other_rules_reject_in_their_period_and_frames_never_do() -> None:
    inside = datetime(2026, 10, 1, tzinfo=UTC)
    text = "A message to all our friends: #dontvote"
    aids = in_period((), ("AD-DONTVOTE",))
    assert decided(text, "ZZ", started_at=inside).verdict is Verdict.REVIEW
    assert decided(text, "ZZ", aids, started_at=inside).verdict is Verdict.REJECT
    framed = "Mail ballots can't be trusted: they are how the other side cheats."
    decision = decided(framed, "ZZ", in_period(()), started_at=inside)
    assert [one.code for one in decision.policies] == ["AD-DELEG"]
    assert decision.proposed is None


def test_the_bundled_calendar_has_a_period_for_the_general_election() -> None:
    start = datetime(2026, 9, 4, 12, tzinfo=UTC)
    assert decided(RIGGED, "US", started_at=start).proposed is Verdict.REJECT
    assert decided(RIGGED, "US", started_at=start - timedelta(days=2)).proposed is None
    assert decided(RIGGED, "US", started_at=datetime(2026, 12, 20, tzinfo=UTC)).proposed is None


def test_each_part_of_what_decides_is_in_the_version() -> None:
    plain, other = decided(RIGGED, "ZZ"), decided(RIGGED, "ZZ", in_period(()))
    assert plain.rules_version.startswith(RULES.version)
    assert other.rules_version.startswith(RULES.version)
    assert plain.rules_version != other.rules_version
