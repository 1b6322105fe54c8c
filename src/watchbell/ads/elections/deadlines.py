"""What an ad says of the last day for early voting and for ballots by post, held against the election calendar.

Only a day that is too late is held: whoever comes earlier still votes.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from watchbell.ads.elections.calendar import Poll
from watchbell.ads.elections.days import CODE, days_said
from watchbell.ads.normalise import Normalised
from watchbell.ads.rules.policy import Judged
from watchbell.model.ads import PolicyFinding, Verdict

_UNTIL = r"\b(?:by|until|till|through|before|hasta|antes del?|bis(?: zum)?|spatestens(?: am)?|jusqu ?au|avant le)\b"
_BY_POST = re.compile(
    r"\b(?:mail(?:-?in)?|absentee|postal|correo|brief\w*|wahlbrief\w*|correspondance)\b[^.!?;]{0,60}"
    rf"{_UNTIL}[^.!?;\d]{{0,20}}$"
)
_EARLY = re.compile(
    r"\b(?:early vot\w+|vote early|advance vot\w+|voto anticipado|vorab wahlen|vote anticipe)\b[^.!?;]{0,60}"
    rf"(?:{_UNTIL}|\bto\b|-)[^.!?;\d]{{0,20}}$"
)
_OTHER = re.compile(r"\b(?:postmark\w*|register|registration|request\w*|apply|application\w*|solicit\w*|beantrag\w*)\b")
_BEFORE = 110


def checked_deadlines(judged: Iterable[Judged], plain: Normalised, polls: Sequence[Poll]) -> tuple[Judged, ...]:
    """Return the findings, a deadline that is given too late among them.

    Args:
        judged: what the rules found.
        plain: the ad's words.
        polls: of the elections that the ad may speak of, where it runs; the next first.
    """
    judged = tuple(judged)
    told = [poll for poll in polls if poll.voting.post_back_by or poll.voting.early]
    if not told or any(one.finding.code == CODE for one in judged):
        return judged
    return (*judged, *list(_late(plain, told[0]))[:1])


def _late(plain: Normalised, poll: Poll) -> Iterator[Judged]:
    election, voting = poll
    for said in days_said(plain, voting.where[:2]):
        day = said.in_year(election.days[-1].year)
        before = plain.text[max(0, said.span[0] - _BEFORE) : said.span[0]]
        if day is None or _OTHER.search(before):
            continue
        deadlines = (
            (_BY_POST, voting.post_back_by, "a ballot by post"),
            (_EARLY, voting.early and voting.early.last, "an early vote"),
        )
        for speaks_of, last, what in deadlines:
            match = speaks_of.search(before)
            if match and last and day > last:
                start = said.span[0] - len(before) + match.start()
                reason = _reason(what, last, poll)
                finding = PolicyFinding(code=CODE, quote=plain.quote(start, said.span[1]), reason=reason)
                yield Judged(finding, Verdict.REVIEW)


def _reason(what: str, last: date, poll: Poll) -> str:
    return f"It gives a later last day for {what} than the calendar: {poll.election.name}, {last} ({poll.page})."
