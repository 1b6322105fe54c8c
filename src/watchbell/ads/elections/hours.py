"""What an ad says of the hours of the polls, held against the election calendar.

Read are clauses about the polls of the election itself that say when they open or close; early voting, registration,
drop boxes and courts that let polls stay open have other hours, and are left alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from watchbell.ads.elections.calendar import Election, Hours, Voting
from watchbell.ads.expressions import WordSearch
from watchbell.ads.normalise import Normalised, normalise
from watchbell.ads.rules.policy import Judged
from watchbell.model.ads import PolicyFinding, Verdict

CODE = "VI-TIME"
_CLOSED = "VI-LOC"
_POLLS = re.compile(
    r"\b(?:polls|polling (?:places?|stations?|locations?|sites?)|vot(?:e|ing) (?:cent(?:er|re)s?|places?|ends)|"
    r"colegios? electoral(?:es)?|mesas(?: electorales)?|urnas|casillas|centros? de votacion|la votacion|"
    r"wahllokale?|wahlraume?|bureaux? de vote|le scrutin)\b"
)
_NAMES_POLLS = WordSearch(_POLLS.pattern)
_CLAUSE_END = re.compile(r"[!?;\n]|(?<![ap]\.m)\.(?=\s|$)")
_LONGEST = 110
_TOKENS = re.compile(
    r"\b(?P<closes>clos(?:e[sd]?|ing)|shut(?:s|ting)?|ends?|until|till|cierran?|cerraran?|terminan?|hasta|"
    r"schliess\w*|enden?|bis|ferm\w+|clot\w+|jusqu\w*)\b"
    r"|\b(?P<opens>open(?:s|ing)?|from|abren?|abriran?|abiert\w+|desde|offn\w+|geoffnet|von|ouvr\w+|ouvert\w*)\b"
    r"|(?P<to>-|\b(?:to|a las|a|y|and|und|et)\b)(?= ?\d)"
    r"|(?P<hour>(?<![\d:.,/$#])(?P<h>\d{1,2})(?:[:.h](?P<m>[0-5]\d))?(?![\d%:/]|[.,]\d)"
    r"(?P<marked> ?a\.?m\b| ?p\.?m\b| ?(?:h|hrs|horas?|heures?|uhr|oclock)\b)?"
    r"(?:\.? (?:de la|du|in the|am|de l) ?(?P<part>manana|tarde|noche|matin|soir|apres-midi|morning|afternoon|evening|"
    r"abend|nachmittag))?(?:\.? ?(?P<zone>[ecmp][sd]?t|eastern|central|mountain|pacific)\b)?)"
    r"|\b(?P<noon>noon|mediodia|mittags?|midi)\b|\b(?P<midnight>midnight|medianoche|mitternacht|minuit)\b"
)
_BEFORE_AN_HOUR = re.compile(
    r"(?:\b(?:at|by|until|till|from|to|before|after|between|and|um|von|bis|ab|gegen|und|las|de|desde|hasta|y|a|et|entre)"
    r"|-) ?$"
)
_EVENING = frozenset({"tarde", "noche", "soir", "apres-midi", "afternoon", "evening", "abend", "nachmittag"})
_ZONES = {
    "e": "America/New_York",
    "c": "America/Chicago",
    "m": "America/Denver",
    "p": "America/Los_Angeles",
}
_OTHER_POLLS = re.compile(
    r"\b(?:early|advance|registr\w+|register|drop ?box\w*|primary|primaries|caucus\w*|absentee|by mail|extend\w*|"
    r"court|judge|yesterday|last year|opinion|anticipad\w+|inscri\w+|ampli\w+|juez|fruhestens|briefwahl|gericht|"
    r"verlanger\w+|procuration|prolong\w+|false|fake|lie|lies|rumou?rs?|not true|mentira|fals[oa]|gelogen|falsch|"
    r"faux)\b"
)
_ELECTION_DAY = re.compile(
    r"\b(?:election day|polling day|voting day|dia de las? (?:eleccion(?:es)?|votacion)|wahltag|wahlsonntag|"
    r"jour du scrutin|jour de l ?election)\b"
)
_AROUND = 80
_HALF_DAY = 12 * 60
_DAY = 2 * _HALF_DAY


class SaidHour(NamedTuple):
    """An hour that a text gives for the polls, and where."""

    closes: bool
    """Whether they are said to close then, not to open."""
    minutes: frozenset[int]
    """After midnight, as it may be read: "at 7" is two hours of the day."""
    zone: str | None
    """The zone that is named with it."""
    span: tuple[int, int]


def hours_said(text: str) -> Iterator[SaidHour]:
    """Yield the hours at which a text in plain form says that the polls open or close."""
    done = 0
    for polls in _POLLS.finditer(text):
        end = _CLAUSE_END.search(text, polls.end(), polls.end() + _LONGEST)
        until = end.start() if end else polls.end() + _LONGEST
        kind, has_opened = None, False
        for token in _TOKENS.finditer(text, max(done, polls.end()), until):
            done = max(done, token.end())
            if token["to"]:
                kind = "closes" if has_opened else kind
            elif token["closes"] or token["opens"]:
                kind = "closes" if token["closes"] else "opens"
            elif kind is not None and (minutes := _minutes(text, token)):
                zone = token["zone"] and _ZONES[token["zone"][0]]
                yield SaidHour(kind == "closes", minutes, zone, (polls.start(), token.end()))
                has_opened = kind == "opens"


def wrong_hours(plain: Normalised, hours: Iterable[SaidHour], election: Election, voting: Voting) -> tuple[Judged, ...]:
    """Return a finding for the first of the hours that a text gives and the polls do not keep.

    It rejects where the text says that the hour is that of election day, and else holds: an ad may mean other polls.
    """
    for said in hours:
        start, end = said.span
        near = plain.text[max(0, start - _AROUND) : end + _AROUND]
        if _is_right(said, election, voting) or _OTHER_POLLS.search(near):
            continue
        is_plain = _ELECTION_DAY.search(near) and not election.expected
        finding = PolicyFinding(code=CODE, quote=plain.quote(start, end), reason=_reason(election, voting))
        return (Judged(finding, Verdict.REJECT if is_plain else Verdict.REVIEW),)
    return ()


def checked_hours(
    judged: Iterable[Judged], plain: Normalised, known: Sequence[tuple[Election, Voting]]
) -> tuple[Judged, ...]:
    """Return the findings, a wrong hour among them; a doubt about the right hours is taken back.

    Args:
        judged: what the rules found.
        plain: the ad's words.
        known: the elections that the ad may speak of, the next first, and how people vote in them where it runs.
    """
    timed = [(election, voting) for election, voting in known if voting.hours]
    hours = list(hours_said(plain.text)) if timed and _NAMES_POLLS.found_in(plain.letters) else []
    if not hours:
        return tuple(judged)
    said = [plain.quote(*hour.span) for hour in hours]
    kept = tuple(one for one in judged if not _is_doubt_about_hours(one, timed, said))
    found = [wrong_hours(plain, hours, election, voting) for election, voting in timed]
    if not all(found) or any(one.finding.code == CODE and one.verdict is Verdict.REJECT for one in kept):
        return kept
    return (*(one for one in kept if one.finding.code != CODE), *found[0])


def _is_right(said: SaidHour, election: Election, voting: Voting) -> bool:
    hours = {_minute(one.closes if said.closes else one.opens) for one in voting.hours}
    if said.zone is None:
        return bool(said.minutes & hours)
    there = ((zone, minute) for zone in voting.zones for minute in said.minutes)
    return any(_elsewhere(minute, said.zone, zone, election) in hours for zone, minute in there)


def _elsewhere(minute: int, zone: str, there: str, election: Election) -> int:
    """Return what the clock shows in one zone when it shows `minute` in another, on the first day of voting."""
    at = datetime.combine(election.days[0], time(minute // 60, minute % 60), ZoneInfo(zone))
    return _minute(at.astimezone(UTC).astimezone(ZoneInfo(there)).time())


def _minutes(text: str, token: re.Match[str]) -> frozenset[int]:
    """Return how an hour may be read, in minutes after midnight; none where it is no hour."""
    if token["noon"] or token["midnight"]:
        return frozenset({_HALF_DAY if token["noon"] else 0})
    is_bare = not (token["m"] or token["marked"] or token["part"])
    if int(token["h"]) > _DAY // 60 or (is_bare and not _BEFORE_AN_HOUR.search(text[: token.start()][-10:])):
        return frozenset()
    minute = (int(token["h"]) * 60 + int(token["m"] or 0)) % _DAY
    half = (token["marked"] or "").strip()[:1]
    if half in {"a", "p"} or token["part"]:
        is_late = token["part"] in _EVENING if token["part"] else half == "p"
        return frozenset({minute % _HALF_DAY + (_HALF_DAY if is_late else 0)})
    return frozenset({minute} if minute > _HALF_DAY else {minute, minute % _HALF_DAY + _HALF_DAY})


def _is_doubt_about_hours(judged: Judged, known: Sequence[tuple[Election, Voting]], said: Sequence[str]) -> bool:
    """Tell whether a rule held an ad for right hours, or took polls that close at an hour for closed ones."""
    if judged.verdict is not Verdict.REVIEW:
        return False
    if judged.finding.code == _CLOSED:
        return any(judged.finding.quote in words for words in said)
    hours = hours_said(normalise(judged.finding.quote).text) if judged.finding.code == CODE else ()
    right = [any(_is_right(one, *election) for election in known) for one in hours]
    return bool(right) and all(right)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _reason(election: Election, voting: Voting) -> str:
    kept = " or ".join(_told(one) for one in voting.hours)
    return (
        f"It gives other hours of the polls than the calendar: {election.name}, {voting.called or voting.where}, "
        f"{kept} local time ({voting.official or election.official})."
    )


def _told(hours: Hours) -> str:
    return f"{hours.opens:%H:%M} to {hours.closes:%H:%M}"
