"""What an ad says of the day of voting, held against the election calendar.

Only sentences that name a day and say that people vote on it, or that the election is on it, are read; early voting,
ballots by mail, registration and votes in parliaments have other days, and are left alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from watchbell.ads.elections.calendar import Election
from watchbell.ads.expressions import Sieve
from watchbell.ads.normalise import Normalised, normalise
from watchbell.ads.rules.policy import Judged
from watchbell.model.ads import PolicyFinding, Verdict

CODE = "VI-DATE"
_MONTHS = (
    "january|jan|enero|januar|janvier",
    "february|feb|febrero|februar|fevrier",
    "march|mar|marzo|marz|mars",
    "april|apr|abril|avril",
    "may|mayo|mai",
    "june|jun|junio|juni|juin",
    "july|jul|julio|juli|juillet",
    "august|aug|agosto|aout",
    "september|sept|sep|septiembre|septembre",
    "october|oct|octubre|oktober|octobre",
    "november|nov|noviembre|novembre",
    "december|dec|diciembre|dezember|decembre",
)
WEEKDAYS = (
    "monday|lunes|montag|lundi",
    "tuesday|martes|dienstag|mardi",
    "wednesday|miercoles|mittwoch|mercredi",
    "thursday|jueves|donnerstag|jeudi",
    "friday|viernes|freitag|vendredi",
    "saturday|sabado|samstag|samedi",
    "sunday|domingo|sonntag|dimanche",
)
_NUMBER_OF = {
    name: number for names in (_MONTHS, WEEKDAYS) for number, group in enumerate(names) for name in group.split("|")
}
_MONTH, _WEEKDAY = "|".join(_MONTHS), "|".join(WEEKDAYS)
_DAY = (
    rf"(?:(?P<weekday>{_WEEKDAY})[ ,]{{0,2}}(?:the |den |el |le )?)?"
    rf"(?:(?P<month>{_MONTH})\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<day_first>\d{{1,2}})(?:st|nd|rd|th|er|\.)?(?: of| de)? (?P<month_after>{_MONTH})\b)"
    r"(?:,? (?:de |del )?(?P<year>20\d\d))?(?!\d)"
)
_DATE = re.compile(rf"\b{_DAY}")
_IN_NUMBERS = re.compile(r"(?<![\d/.$€£])(\d{1,2})([/.])(\d{1,2})(?:\.(?!\d)|\2(20\d\d|\d\d))?(?![\d/%]|[.,]\d)")
_SIEVE = Sieve([_DATE.pattern, _IN_NUMBERS.pattern])
_IS_DATE, _IS_IN_NUMBERS = 0, 1
_MONTH_FIRST = frozenset({"US"})
"""Countries that write 11/4 for the fourth of November; the others write 4/11 or 4.11."""
# "The election is on …": whoever says this of another day deceives.
_ELECTION = re.compile(
    r"\b(?:election day|voting day|polling day|the (?:general |presidential )?election|la eleccion|las elecciones|"
    r"dia de las? eleccion(?:es)?|jornada electoral|wahltag|die \w*wahl|der wahltermin|jour du scrutin|l ?election|"
    r"les elections|le scrutin)\b[^.!?;\d]{0,30}$"
)
_IS_ELECTION = re.compile(r"^\W{0,2}(?:is|will be|es|sera|ist|est) (?:the )?(?:election|voting|polling|wahltag|dia de)")
# "Vote on …": true of many days before the election, of none after it.
_VOTE = re.compile(
    r"\b(?:vote|votes|voting|the polls|polls (?:are )?open|cast (?:a|your) (?:vote|ballot)|vota|votar|voten|votan|"
    r"wahlt|wahlen|abstimmen|votez|voter)\b[^.!?;]{0,30}$"
)
_ANOTHER_DAY = re.compile(
    r"\b(?:early|advance|by mail|mail-?in|absentee|postal|postmark\w*|deadline|register|registration|primary|primaries|"
    r"caucus\w*|run-?off|special|until|through|begins?|starts?|from|between|before|request|receiv\w*|arriv\w*|debates?|"
    r"council|senate|congress|committee|parliament|bundestag|last year|anticipad\w*|correo|inscri\w*|registr\w*|antes|"
    r"briefwahl|fruhestens|bis|procuration|avant|second tour|stichwahl|segunda vuelta|in 20\d\d|made up|lie|false)\b"
)
_AROUND = 60
_AFTER_AT_MOST = timedelta(days=21)


class SaidDay(NamedTuple):
    """A day that a text names, and where."""

    month: int
    day: int
    year: int | None
    weekday: int | None
    """0 for Monday."""
    span: tuple[int, int]

    def in_year(self, year: int) -> date | None:
        """Return the day in the year that is said, or else in this one; None where there is no such day."""
        try:
            return date(self.year or year, self.month, self.day)
        except ValueError:
            return None


def days_said(plain: Normalised, country: str) -> Iterator[SaidDay]:
    """Yield the days that a text names with day and month, in words or in the country's numbers."""
    ways = _SIEVE.passing(plain.letters)
    for match in _DATE.finditer(plain.text) if _IS_DATE in ways else ():
        month = match["month"] or match["month_after"]
        weekday = None if match["weekday"] is None else _NUMBER_OF[match["weekday"]]
        day = int(match["day"] or match["day_first"])
        year = None if match["year"] is None else int(match["year"])
        yield SaidDay(_NUMBER_OF[month] + 1, day, year, weekday, match.span())
    for match in _IN_NUMBERS.finditer(plain.text) if _IS_IN_NUMBERS in ways else ():
        day, month = int(match[1]), int(match[3])
        if country in _MONTH_FIRST:
            day, month = month, day
        year = None if match[4] is None else int(match[4]) % 100 + 2000
        yield SaidDay(month, day, year, None, match.span())


def wrong_days(plain: Normalised, elections: Sequence[Election], place: str) -> tuple[Judged, ...]:
    """Return a finding for the first day that a text gives for voting and that is no day of an election near.

    Args:
        plain: the ad's words.
        elections: those the ad may speak of, see `Calendar.near`; without one that all of `place` votes in, nothing
            is found.
        place: where the ad runs, see `Calendar.place_of`.
    """
    known = [election for election in elections if election.is_everywhere_in(place)]
    right = {day for election in elections for day in election.days}
    if not known:
        return ()
    for said in days_said(plain, place[:2]):
        verdict = _verdict(plain.text, said, known[0], right)
        if verdict is not None:
            return (Judged(PolicyFinding(code=CODE, quote=_quote(plain, said), reason=_reason(known[0])), verdict),)
    return ()


def checked_days(
    judged: Iterable[Judged], plain: Normalised, elections: Sequence[Election], place: str
) -> tuple[Judged, ...]:
    """Return the findings, a wrong day of voting among them; a doubt about the right day is taken back.

    Args:
        judged: what the rules found.
        plain: the ad's words.
        elections: those the ad may speak of, see `Calendar.near`.
        place: where the ad runs, see `Calendar.place_of`.
    """
    judged = tuple(judged)
    if not elections:
        return judged
    kept = tuple(one for one in judged if not _is_doubt_about_right_day(one, elections, place[:2]))
    found = wrong_days(plain, elections, place)
    if any(one.finding.code == CODE and one.verdict is Verdict.REJECT for one in kept):
        return kept
    # The calendar knows which day is right, which says more than that a day was named.
    return tuple(one for one in kept if not found or one.finding.code != CODE) + found


def _verdict(text: str, said: SaidDay, election: Election, right: set[date]) -> Verdict | None:
    day = said.in_year(election.days[0].year)
    start, end = said.span
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    if day is None or _ANOTHER_DAY.search(before) or _ANOTHER_DAY.search(after):
        return None
    is_election = bool(_ELECTION.search(before) or _IS_ELECTION.search(after))
    if day in right:
        # The right day with the wrong day of the week sends people on one of two days.
        is_mixed_up = said.weekday is not None and said.weekday != day.weekday()
        return Verdict.REVIEW if is_mixed_up and (is_election or _VOTE.search(before)) else None
    if is_election:
        return Verdict.REVIEW if election.expected else Verdict.REJECT
    is_after = election.days[-1] < day <= election.days[-1] + _AFTER_AT_MOST
    return Verdict.REVIEW if is_after and _VOTE.search(before) else None


def _is_doubt_about_right_day(judged: Judged, elections: Sequence[Election], country: str) -> bool:
    """Tell whether a rule held an ad for naming a day of voting, and the days it names are right."""
    if judged.finding.code != CODE or judged.verdict is not Verdict.REVIEW:
        return False
    right = {day for election in elections for day in election.days}
    named = [said.in_year(elections[0].days[0].year) for said in days_said(normalise(judged.finding.quote), country)]
    return bool(named) and all(day in right for day in named)


def _quote(plain: Normalised, said: SaidDay) -> str:
    """Return the words around the day, from the border of a word."""
    start = plain.text.find(" ", max(0, said.span[0] - 40)) + 1 if said.span[0] > 40 else 0  # noqa: PLR2004  # as cut
    return plain.quote(min(start, said.span[0]), said.span[1])


def _reason(election: Election) -> str:
    days = " and ".join(
        f"{day:%A} {day.day} {day:%B %Y}" for day in (election.days[0], election.days[-1])[: len(election.days)]
    )
    return f"It gives another day of voting than the calendar: {election.name}, {days} ({election.official})."
