"""Hours of the polls, held against the calendar: wrong ones are found as wrong, right ones are not."""

from datetime import UTC, datetime

import pytest

from watchbell.ads.elections.calendar import elections_of
from watchbell.ads.elections.hours import hours_said
from watchbell.ads.review import review
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.errors import InputError
from watchbell.model.ads import Ad, AdDecision, Verdict

RULES = RuleBook.bundled()
WHEN = {
    "US": datetime(2026, 11, 20, tzinfo=UTC),
    "DE": datetime(2025, 2, 10, tzinfo=UTC),
    "ES": datetime(2027, 5, 10, tzinfo=UTC),
    "FR": datetime(2024, 6, 1, tzinfo=UTC),
    "GB": datetime(2024, 7, 1, tzinfo=UTC),
}


def decided(text: str, country: str = "US", aimed_at: str | None = "Georgia") -> AdDecision:
    aims = [{"dimension": "region", "value": aimed_at}] if aimed_at and country == "US" else []
    given = {"id": "a:1", "source": "a", "platform": "p", "text": text, "country": country, "payer": "Friends of Lee"}
    ad = Ad.model_validate(given | {"started_at": WHEN[country], "targeting": aims})
    return review(ad, RULES, now=WHEN[country])


def codes(decision: AdDecision) -> list[str]:
    return [finding.code for finding in decision.policies]


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("US", "Polls are open from 7 a.m. to 8 p.m."),
        ("US", "Your polling place closes at 5:30 pm."),
        ("US", "Polls close at 7 pm Central."),
        ("US", "Vote Tuesday 9am-5pm"),
        ("US", "Get there before 3pm, when the polls close"),
        ("US", "Polls close at six p.m."),
        ("ES", "Vota el domingo de 9 a 17 horas en tu colegio"),
        ("DE", "Die Wahllokale schließen um 16 Uhr."),
        ("DE", "Die Wahllokale sind von 9 bis 18 Uhr geöffnet."),
        ("ES", "Los colegios electorales cierran a las 6 de la tarde."),
        ("FR", "Les bureaux de vote ferment à 16h30."),
        ("GB", "Polling stations close at 8pm."),
    ],
)
def test_a_wrong_hour_is_held(country: str, text: str) -> None:
    decision = decided(text, country)
    assert (decision.verdict, codes(decision)) == (Verdict.REVIEW, ["VI-TIME"])
    assert "local time (https://" in decision.policies[0].reason


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("US", "Polls close at 5pm on Election Day, December 1."),
        ("US", "POLLS: 9AM-5PM ELECTION DAY"),
        ("US", "Polls: eight a.m. to six p.m. this Election Day"),
        ("US", "Voting hours on election day: 9AM-5PM"),
        ("US", "You can vote from 7am until 5pm on election day"),
        ("DE", "Am Wahltag könnt ihr wählen von 10 bis 17 Uhr"),
        ("DE", "Die Wahllokale sind am Wahltag nur von 8 bis 16 Uhr geöffnet."),
    ],
)
def test_a_wrong_hour_of_election_day_is_rejected(country: str, text: str) -> None:
    assert decided(text, country).verdict is Verdict.REJECT


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("US", "Polls close at 7pm on December 1. Stay in line!"),
        ("US", "Polls are open from 7 a.m. to 7 p.m. on Tuesday."),
        ("US", "Polls close at 6 pm Central."),
        ("US", "When the polls close, join us at 10pm at the Marriott"),
        ("US", "After polls close on Tuesday, come celebrate with us from 8pm to midnight"),
        ("US", "Vote for Lee! Town hall Tuesday 6pm-8pm at the library"),
        ("US", "Polls show Lee ahead. Rally with us Saturday, 5pm to 9pm"),
        ("US", "Vote Saturday 9am-5pm at the county library"),
        ("US", "Vote on Tuesday, December 1, 7 a.m. - 7 p.m."),
        ("US", "Early voting: polls are open 9 to 5."),
        ("US", "A judge ordered that polls close at 9 pm."),
        ("US", "They say the polls close at 5 pm. That is a lie."),
        ("DE", "Die Wahllokale schließen um 18 Uhr."),
        ("DE", "Die Wahllokale sind von 8 bis 18 Uhr geöffnet."),
        ("ES", "Los colegios electorales cierran a las 8 de la tarde."),
        ("ES", "Los colegios electorales abren de 9 a 20 horas."),
        ("FR", "Les bureaux de vote ferment à 18 heures, à Paris à 20 heures."),
        ("GB", "Polling stations are open 7am to 10pm."),
    ],
)
def test_right_hours_and_hours_of_other_polls_are_left_alone(country: str, text: str) -> None:
    assert (decided(text, country).verdict, codes(decided(text, country))) == (Verdict.APPROVE, [])


def test_hours_are_those_of_where_the_ad_is_aimed() -> None:
    text = "Polls are open from 6 a.m. to 6 p.m."
    assert decided(text).verdict is Verdict.REVIEW
    assert decided(text, aimed_at=None).verdict is Verdict.APPROVE


def test_an_hour_without_a_half_of_the_day_may_be_either() -> None:
    (said,) = hours_said("polls close at 7 tonight")
    assert (said.closes, said.minutes) == (True, frozenset({7 * 60, 19 * 60}))
    assert [one.closes for one in hours_said("wahllokale von 8 bis 18 uhr")] == [False, True]
    assert not list(hours_said("polls close on december 1"))


def test_an_hour_that_yaml_reads_as_a_number_is_refused() -> None:
    text = (
        "elections:\n- {id: abc, jurisdiction: ZZ, name: abc, days: [2026-11-03], source: Law, official: 'https://z', "
        "voting: [{where: ZZ, source: Law, hours: [{opens: '07:00', closes: 20:00}]}]}"
    )
    with pytest.raises(InputError, match=r'hours\.0\.closes: .*in quotes, such as "20:00"'):
        elections_of(text, "ours.yaml")


def test_a_zone_that_is_none_is_refused() -> None:
    text = (
        "elections:\n- {id: abc, jurisdiction: ZZ, name: abc, days: [2026-11-03], source: Law, official: 'https://z', "
        "zones: [Mars/Olympus]}"
    )
    with pytest.raises(InputError, match="no time zone of the IANA database"):
        elections_of(text, "ours.yaml")
