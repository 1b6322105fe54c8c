"""Days of voting, held against the calendar: a wrong one is found as wrong, a right one is not."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from watchbell.ads.elections.calendar import Calendar, Election, elections_of
from watchbell.ads.review import NO_AIDS, Aids, review
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.errors import InputError
from watchbell.model.ads import Ad, AdDecision, Verdict

RULES = RuleBook.bundled()
OCTOBER = datetime(2026, 10, 20, tzinfo=UTC)
PAYER = {"payer": "Friends of Lee"}


def decided(text: str, aids: Aids = NO_AIDS, at: datetime = OCTOBER, **fields: object) -> AdDecision:
    given = {"id": "a:1", "source": "a", "platform": "p", "text": text, "country": "US", "started_at": at}
    return review(Ad.model_validate(given | PAYER | fields), RULES, now=OCTOBER, aids=aids)


def codes(decision: AdDecision) -> list[str]:
    return [finding.code for finding in decision.policies]


@pytest.mark.parametrize(
    "text",
    [
        "Election Day is Wednesday, November 4. Make your voice heard!",
        "Remember: election day is November 5th, 2026.",
        "Election Day this year: 10 November.",
        "November 4 is Election Day. Tell your friends.",
        "Recuerde: las elecciones son el 5 de noviembre.",
        "El día de las elecciones es el miércoles 4 de noviembre de 2026",
    ],
)
def test_a_wrong_day_of_the_election_is_rejected(text: str) -> None:
    decision = decided(text)
    assert (decision.verdict, codes(decision)) == (Verdict.REJECT, ["VI-DATE"])
    assert "Tuesday 3 November 2026" in decision.policies[0].reason


@pytest.mark.parametrize(
    "text",
    [
        "Vote on Wednesday, November 4!",
        "Polls are open 7 to 8 on November 10.",
        "Vota el 4 de noviembre.",
        "Vote Monday, November 3.",
    ],
)
def test_voting_on_a_day_after_it_or_on_the_wrong_weekday_is_held(text: str) -> None:
    decision = decided(text)
    assert (decision.verdict, codes(decision)) == (Verdict.REVIEW, ["VI-DATE"])


@pytest.mark.parametrize(
    "text",
    [
        "Election Day is Tuesday, November 3. Make a plan.",
        "Vote on November 3!",
        "Vote November 3rd, 2026, for Ann Lee.",
        "El martes 3 de noviembre es el día de las elecciones. Vota.",
        "Election Day is until 8 pm on Tuesday, November 3.",
        "Vote early from October 19 to October 30.",
        "Mail ballots that arrive by November 6 are counted.",
        "The deadline to register to vote is October 13.",
        "The Senate votes on November 10 on the budget.",
        "Our primary election is September 8.",
        "They say the election is on November 4. That is a lie.",
    ],
)
def test_a_right_day_and_other_days_are_left_alone(text: str) -> None:
    assert (decided(text).verdict, codes(decided(text))) == (Verdict.APPROVE, [])


@pytest.mark.parametrize(
    ("country", "wrong", "right"),
    [
        ("US", "Election Day is 11/4/2026!", "Election Day is 11/3/2026!"),
        ("US", "El día de la elección es el 4 de noviembre.", "El día de la elección es el 3 de noviembre."),
        ("ES", "Las elecciones son el domingo 22/11.", "Las elecciones son el domingo 15/11."),
        ("ES", "La elección es el 22 de noviembre de 2026.", "La elección es el 15 de noviembre de 2026."),
        ("DE", "Die Wahl ist am 22.11.2026.", "Die Wahl ist am 15.11.2026."),
        ("DE", "Der Wahltag ist der 22. November.", "Der Wahltag ist der 15. November."),
        ("FR", "Le scrutin est le 22/11/2026.", "Le scrutin est le 15/11/2026."),
        ("FR", "L'élection est le dimanche 22 novembre.", "L'élection est le dimanche 15 novembre."),
    ],
)
def test_each_languages_way_to_write_a_day_is_read(country: str, wrong: str, right: str) -> None:
    own = Election(
        id="own-2026",
        jurisdiction=country,
        name="A vote",
        days=(date(2026, 11, 15),),
        source="A law",
        official="https://vote.example",
    )
    aids = NO_AIDS if country == "US" else Aids(calendar=Calendar([own]))
    assert decided(wrong, aids, country=country).verdict is Verdict.REJECT
    assert decided(right, aids, country=country).verdict is Verdict.APPROVE


def test_where_no_election_is_known_nothing_is_said() -> None:
    text = "Election Day: Wednesday, November 4."
    assert decided(text, country="ZZ").verdict is Verdict.APPROVE
    assert decided(text, country=None).verdict is Verdict.APPROVE
    assert decided(text, at=OCTOBER - timedelta(days=200)).verdict is Verdict.APPROVE


def test_an_expected_day_only_holds() -> None:
    at = datetime(2029, 5, 1, tzinfo=UTC)
    assert decided("Die Wahl ist am 17. Juni", at=at, country="DE").verdict is Verdict.REVIEW
    assert decided("Die Wahl ist am 10. Juni", at=at, country="DE").verdict is Verdict.APPROVE


def test_an_operators_own_election_is_known_too(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(
        "elections:\n- {id: zz-1, jurisdiction: ZZ, name: Vote of ZZ, days: [2026-11-15], source: Law, "
        "official: 'https://zz.example'}\n"
    )
    aids = Aids(calendar=Calendar.bundled().with_files([file]))
    assert decided("Election Day is November 17", aids, country="ZZ").verdict is Verdict.REJECT
    assert decided("Election Day is November 15", aids, country="ZZ").verdict is Verdict.APPROVE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("elections: [", "is not YAML"),
        ("- 1", "has no list `elections`"),
        ("elections:\n- {id: x}", "election 1, id"),
        ("elections:\n- {id: abc, jurisdiction: usa, name: abc, days: [2026-11-03]}", "election 1, jurisdiction"),
    ],
)
def test_a_broken_calendar_names_entry_and_field(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        elections_of(text, "ours.yaml")


def test_federal_election_days_are_those_of_the_law() -> None:
    """2 U.S.C. 7: the Tuesday next after the first Monday in November of every even year."""
    federal = [one for one in Calendar.bundled().elections if one.jurisdiction == "US"]
    assert federal
    for election in federal:
        first = date(election.days[0].year, 11, 1)
        first_monday = first + timedelta(days=-first.weekday() % 7)
        assert election.days == (first_monday + timedelta(days=1),)


@pytest.mark.shared
def test_real_election_ads_do_not_give_wrong_days(shared_data: Path) -> None:
    election = Election(
        id="us-2020",
        jurisdiction="US",
        name="General election 2020",
        days=(date(2020, 11, 3),),
        source="2 U.S.C. 7",
        official="https://www.usa.gov/election-day",
    )
    aids, at = Aids(calendar=Calendar([election])), datetime(2020, 10, 1, tzinfo=UTC)
    with (shared_data / "ads" / "wmp_goal_fbel_2020.csv").open(encoding="utf-8", newline="") as file:
        decisions = [decided(row["text"], aids, at) for row in csv.DictReader(file)]
    wrong = [one for one in decisions if any("calendar" in finding.reason for finding in one.policies)]
    assert sum(one.verdict is Verdict.REJECT for one in wrong) <= 2
    assert len(wrong) <= 10
