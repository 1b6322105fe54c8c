"""Hold what the rules found, and what an ad says of days, hours, ways and places, against the election calendar."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from watchbell.ads.elections.calendar import Calendar, Period, Poll
from watchbell.ads.elections.days import checked_days
from watchbell.ads.elections.deadlines import checked_deadlines
from watchbell.ads.elections.hours import checked_hours
from watchbell.ads.elections.ways import checked_ways
from watchbell.ads.normalise import Normalised
from watchbell.ads.rules.policy import Judged
from watchbell.model.ads import Ad, Verdict


def held_against(
    calendar: Calendar, judged: Iterable[Judged], plain: Normalised, ad: Ad, place: str, now: datetime
) -> tuple[Judged, ...]:
    """Return the findings after the calendar's word: wrong facts among them, doubts about right ones taken back.

    An ad is compared with the elections of its own time, in the country or part of one where it runs.

    Args:
        calendar: what is known.
        judged: what the rules found.
        plain: the ad's words.
        ad: when it ran.
        place: where it runs, see `Calendar.place_of`; empty where that is not known.
        now: when it runs, where it does not say.
    """
    if not place:
        return tuple(judged)
    near = calendar.near((ad.started_at or now).date(), place[:2])
    judged = checked_days(judged, plain, near, place)
    there = [election for election in near if election.is_everywhere_in(place)]
    polls = [Poll(election, voting) for election in there if (voting := election.voting_in(place))]
    for check in (checked_deadlines, checked_hours, checked_ways):
        judged = check(judged, plain, polls)
    return tuple(_in_period(one, calendar, place, ad, now) for one in judged)


def _in_period(judged: Judged, calendar: Calendar, place: str, ad: Ad, now: datetime) -> Judged:
    """Return a plain finding as a period of its rule would have it, if the ad ran in one; frames stay held."""
    if judged.framed or judged.verdict is Verdict.REJECT:
        return judged
    first = ad.started_at or now
    last = max(first, ad.ended_at or first)
    for election in calendar.elections:
        if election.is_everywhere_in(place) and (period := election.period_of(judged.finding.code, first, last)):
            reason = f"{judged.finding.reason} {_told(period, election.name)}"
            return replace(judged, finding=judged.finding.model_copy(update={"reason": reason}), verdict=period.verdict)
    return judged


def _told(period: Period, election: str) -> str:
    return f"It ran in a restriction period, {period.first} to {period.last}: {election} ({period.source})."
