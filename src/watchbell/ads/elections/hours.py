"""What an ad says of the hours of the polls, held against the election calendar.

Read are clauses about the polls of the election itself that say when they open or close, and those on voting that give
hours from and to on its day; early voting, registration, drop boxes and courts that let polls stay open have other
hours, and are left alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from watchbell.ads.elections.calendar import Election, Hours, Poll
from watchbell.ads.elections.days import WEEKDAYS
from watchbell.ads.expressions import WordSearch
from watchbell.ads.normalise import Normalised, normalise
from watchbell.ads.rules.policy import Judged
from watchbell.model.ads import PolicyFinding, Verdict

CODE = "VI-TIME"
_CLOSED = "VI-LOC"
_POLLS = re.compile(
    r"\b(?:polls|polling (?:places?|stations?|locations?|sites?)|vot(?:e|ing) (?:cent(?:er|re)s?|places?|ends)|"
    r"(?:voting|polls?|polling) (?:hours|times)|horarios? de (?:votacion|voto)|wahlzeit(?:en)?|"
    r"horaires? (?:du|de) (?:vote|scrutin)|"
    r"colegios? electoral(?:es)?|mesas(?: electorales)?|urnas|casillas|centros? de votacion|la votacion|"
    r"wahllokale?|wahlraume?|bureaux? de vote|le scrutin)\b"
)
_NAMES_POLLS = WordSearch(_POLLS.pattern)
_GATHERING = (
    r"\b(?:join|meet|come|celebrat\w*|part(?:y|ies)|rall(?:y|ies)|results?|kommt|feier\w*|ven(?:id)?|unete|celebra\w*|"
    r"rejoign\w+|venez|fet(?:e|ons|ez))\b"
)
_CLAUSE_END = re.compile(rf"[!?;\n]|(?<![ap]\.m)\.(?=\s|$)|{_GATHERING}")
_OF_A_GATHERING = re.compile(rf"{_POLLS.pattern}[^\d.!?;]*?{_GATHERING}")
_WHEN = re.compile(r"\b(?:when|once|after|as soon as|cuando|wenn|sobald|nachdem|quand|apres|des que) (?:\w+ ){0,2}$")
_LONGEST = 110
_IN_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "one|una|eins|ein|une",
            "two|dos|zwei|deux",
            "three|tres|drei|trois",
            "four|cuatro|vier|quatre",
            "five|cinco|funf|cinq",
            "six|seis|sechs",
            "seven|siete|sieben|sept",
            "eight|ocho|acht|huit",
            "nine|nueve|neun|neuf",
            "ten|diez|zehn|dix",
            "eleven|once|elf|onze",
            "twelve|doce|zwolf|douze",
        ),
        start=1,
    )
    for word in words.split("|")
}
_AN_HOUR = rf"(?:\d|(?:{'|'.join(_IN_WORDS)})\b)"
_TOKENS = re.compile(
    r"\b(?P<closes>clos(?:e[sd]?|ing)|shut(?:s|ting)?|ends?|until|till|cierran?|cerraran?|terminan?|hasta|"
    r"schliess\w*|enden?|bis|ferm\w+|clot\w+|jusqu\w*)\b"
    r"|\b(?P<opens>open(?:s|ing)?|from|abren?|abriran?|abiert\w+|desde|offn\w+|geoffnet|von|ouvr\w+|ouvert\w*)\b"
    rf"|(?P<to>-|\b(?:to|through|a las|a|y|and|und|et)\b)(?= ?{_AN_HOUR})"
    r"|(?P<hour>(?<![\d:.,/$#])(?:(?P<h>\d{1,2})(?:[:.h](?P<m>[0-5]\d))?(?![\d%:/]|[.,]\d)"
    rf"|\b(?P<word>{'|'.join(_IN_WORDS)})\b)"
    r"(?P<marked> ?a\.?m\b| ?p\.?m\b| ?(?:h|hrs|horas?|heures?|uhr|oclock)\b)?"
    r"(?:\.? (?:de la|du|in the|am|de l) ?(?P<part>manana|tarde|noche|matin|soir|apres-midi|morning|afternoon|evening|"
    r"abend|nachmittag))?(?:\.? ?(?P<zone>[ecmp][sd]?t|eastern|central|mountain|pacific)\b)?)"
    r"|\b(?P<noon>noon|mediodia|mittags?|midi)\b|\b(?P<midnight>midnight|medianoche|mitternacht|minuit)\b"
)
_BEFORE_AN_HOUR = re.compile(
    r"(?:\b(?:at|by|until|till|from|to|before|after|between|and|um|von|bis|ab|gegen|und|las|de|desde|hasta|y|a|et|entre)"
    r"|-) ?$"
)
_BEFORE_A_WORD = re.compile(r"\b(?:at|las|la|um) $")
# What may stand between the polls, or a call to vote, and hours from and to without a verb: it only says when.
_ONLY_WHEN = re.compile(
    r"(?:[ :,()-]|\b(?:on|in person|from|between|entre|zwischen|de|desde|von|the|this|your|are|is|el|dia|las?|les?|am|"
    r"im|diesen|ce|du|jour|"
    r"election|polling|day|eleccion(?:es)?|votacion|scrutin|wahltag|hours|times|horas?|only|open|next|today|tomorrow|"
    r"\d{1,2}(?:st|nd|rd|th)|(?:nov\w*|oct\w*|dec\w*|june|may|july)\.? \d{1,2}(?:st|nd|rd|th)?"
    rf"|{'|'.join(WEEKDAYS)})\b)*+"
)
_TO = r"\.? ?(?:-|\b(?:to|through|until|till|and|a|y|hasta|bis|und|et|jusqu\w*)\b)(?: a| las)* ?"
_TO_AN_HOUR = re.compile(_TO + _AN_HOUR)
_MARK = r" ?(?:[ap]\.?m\b|h(?:\d\d)?\b|hrs\b|horas?\b|heures?\b|uhr\b)"
_TO_A_MARKED_HOUR = re.compile(rf"{_TO}\d{{1,2}}(?:[:.]\d\d)?{_MARK}")
_NAMES_AN_HOUR = WordSearch(rf"{_AN_HOUR}{_MARK}|\d:\d\d")
_VOTING = re.compile(
    rf"\b(?:vote|voting|votar|vota|voten|votad|wahlt|wahlen|abstimmen|votez|voter)\b{_ONLY_WHEN.pattern}(?={_AN_HOUR})"
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
_VERB_WITHIN = 20
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
    of_voting: bool = False
    """Whether they are said of voting, which may be early, and not of the polls."""


def hours_said(text: str) -> Iterator[SaidHour]:
    """Yield the hours at which a text in plain form says that the polls open or close, or that people vote."""
    done = 0
    for polls in _POLLS.finditer(text):
        head = text[max(0, polls.start() - _AROUND) : polls.start()]
        if (when := _WHEN.search(head)) and (before := _said_before(head[: when.start()], text, polls)):
            yield before
        for said in _said_after(text, polls, max(done, polls.end()), ends_at_comma=when is not None):
            done = said.span[1]
            yield said
    for voting in _VOTING.finditer(text, done):
        for said in tuple(_said_after(text, voting, voting.end(), ends_at_comma=False))[:2]:
            yield said._replace(of_voting=True)


def _said_after(text: str, about: re.Match[str], start: int, *, ends_at_comma: bool) -> Iterator[SaidHour]:
    """Yield the hours of the rest of a clause about the polls."""
    end = _CLAUSE_END.search(text, about.end(), about.end() + _LONGEST)
    until = end.start() if end else about.end() + _LONGEST
    comma = text.find(",", start, until) if ends_at_comma else -1
    kind, has_opened = None, False
    for token in _TOKENS.finditer(text, start, until if comma < 0 else comma):
        if token["to"]:
            kind = "closes" if has_opened else kind
        elif token["closes"] or token["opens"]:
            kind = "closes" if token["closes"] else "opens"
        elif minutes := _minutes(text, token):
            kind = kind or ("opens" if _begins_a_span(text, about, token) else None)
            if kind:
                yield SaidHour(kind == "closes", minutes, _zone(token), (about.start(), token.end()))
            has_opened = kind == "opens"


def _begins_a_span(text: str, about: re.Match[str], hour: re.Match[str]) -> bool:
    """Tell whether from the polls to an hour nothing but a time is said, and another hour follows."""
    return bool(_ONLY_WHEN.fullmatch(text, about.end(), hour.start()) and _TO_AN_HOUR.match(text, hour.end()))


def _said_before(head: str, text: str, polls: re.Match[str]) -> SaidHour | None:
    """Return the hour at the end of the words before "when the polls close", unless it is that of a gathering."""
    verb = _TOKENS.search(text, polls.end(), polls.end() + _VERB_WITHIN)
    last = next((one for one in _TOKENS.finditer(head) if one.end() == len(head.rstrip(" ,"))), None)
    if last is None or verb is None or not (verb["closes"] or verb["opens"]) or _CLAUSE_END.search(head):
        return None
    minutes = _minutes(head, last)
    start = text.rfind(last.group(), 0, polls.start())
    return SaidHour(bool(verb["closes"]), minutes, _zone(last), (start, verb.end())) if minutes else None


def _zone(hour: re.Match[str]) -> str | None:
    return hour["zone"] and _ZONES[hour["zone"][0]]


def wrong_hours(plain: Normalised, hours: Iterable[SaidHour], poll: Poll) -> tuple[Judged, ...]:
    """Return a finding for the first of the hours that a text gives and the polls do not keep.

    It rejects where the text says that the hour is that of election day, and else holds: an ad may mean other polls.
    """
    for said in hours:
        start, end = said.span
        near = plain.text[max(0, start - _AROUND) : end + _AROUND]
        is_of_the_day = _ELECTION_DAY.search(near)
        is_early = said.of_voting and not (is_of_the_day or _is_a_weekday_of(poll.election, near))
        if _is_right(said, poll) or is_early or _OTHER_POLLS.search(near):
            continue
        is_plain = is_of_the_day and not poll.election.expected
        finding = PolicyFinding(code=CODE, quote=plain.quote(start, end), reason=_reason(poll))
        return (Judged(finding, Verdict.REJECT if is_plain else Verdict.REVIEW),)
    return ()


def checked_hours(judged: Iterable[Judged], plain: Normalised, polls: Sequence[Poll]) -> tuple[Judged, ...]:
    """Return the findings, a wrong hour among them; a doubt about the right hours is taken back.

    Args:
        judged: what the rules found.
        plain: the ad's words.
        polls: of the elections that the ad may speak of, where it runs; the next first.
    """
    timed = [poll for poll in polls if poll.voting.hours]
    is_told = timed and (_NAMES_POLLS.found_in(plain.letters) or _NAMES_AN_HOUR.found_in(plain.letters))
    if not is_told:
        return tuple(judged)
    hours = list(hours_said(plain.text))
    said = [plain.quote(*hour.span) for hour in hours]
    kept = tuple(one for one in judged if not _is_doubt_about_hours(one, timed, said))
    found = [wrong_hours(plain, hours, poll) for poll in timed]
    if not all(found) or any(one.finding.code == CODE and one.verdict is Verdict.REJECT for one in kept):
        return kept
    return (*(one for one in kept if one.finding.code != CODE), *found[0])


def _is_right(said: SaidHour, poll: Poll) -> bool:
    election, voting = poll
    hours = {_minute(one.closes if said.closes else one.opens) for one in voting.hours}
    if said.zone is None:
        return bool(said.minutes & hours)
    there = ((zone, minute) for zone in voting.zones for minute in said.minutes)
    return any(_elsewhere(minute, said.zone, zone, election) in hours for zone, minute in there)


def _is_a_weekday_of(election: Election, words: str) -> bool:
    return any(re.search(rf"\b(?:{WEEKDAYS[day.weekday()]})\b", words) for day in election.days)


def _elsewhere(minute: int, zone: str, there: str, election: Election) -> int:
    """Return what the clock shows in one zone when it shows `minute` in another, on the first day of voting."""
    at = datetime.combine(election.days[0], time(minute // 60, minute % 60), ZoneInfo(zone))
    return _minute(at.astimezone(UTC).astimezone(ZoneInfo(there)).time())


def _minutes(text: str, token: re.Match[str]) -> frozenset[int]:
    """Return how an hour may be read, in minutes after midnight; none where it is no hour, or no token of one."""
    if token["noon"] or token["midnight"]:
        return frozenset({_HALF_DAY if token["noon"] else 0})
    if not token["hour"]:
        return frozenset()
    hour = int(token["h"] or _IN_WORDS[token["word"]])
    is_bare = not (token["m"] or token["marked"] or token["part"])
    if hour > _DAY // 60 or (is_bare and not _is_an_hour(text, token)):
        return frozenset()
    minute = (hour * 60 + int(token["m"] or 0)) % _DAY
    half = (token["marked"] or "").strip()[:1]
    if half in {"a", "p"} or token["part"]:
        is_late = token["part"] in _EVENING if token["part"] else half == "p"
        return frozenset({minute % _HALF_DAY + (_HALF_DAY if is_late else 0)})
    return frozenset({minute} if minute > _HALF_DAY else {minute, minute % _HALF_DAY + _HALF_DAY})


def _is_an_hour(text: str, bare: re.Match[str]) -> bool:
    """Tell by the words around a number that it is an hour."""
    before = text[max(0, bare.start() - 10) : bare.start()]
    is_after = (_BEFORE_A_WORD if bare["word"] else _BEFORE_AN_HOUR).search(before)
    return bool(is_after or _TO_A_MARKED_HOUR.match(text, bare.end()))


def _is_doubt_about_hours(judged: Judged, polls: Sequence[Poll], said: Sequence[str]) -> bool:
    """Tell whether a rule held an ad for right hours, or took polls that close at an hour for closed ones.

    The hour of a gathering after the polls close is none of theirs.
    """
    if judged.verdict is not Verdict.REVIEW:
        return False
    if judged.finding.code == _CLOSED:
        return any(judged.finding.quote in words for words in said)
    words = normalise(judged.finding.quote).text if judged.finding.code == CODE else ""
    if _OF_A_GATHERING.search(words):
        return True
    hours = hours_said(words)
    right = [any(_is_right(one, poll) for poll in polls) for one in hours]
    return bool(right) and all(right)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _reason(poll: Poll) -> str:
    election, voting = poll
    kept = " or ".join(_told(one) for one in voting.hours)
    return (
        f"It gives other hours of the polls than the calendar: {election.name}, {voting.called or voting.where}, "
        f"{kept} local time ({poll.page})."
    )


def _told(hours: Hours) -> str:
    return f"{hours.opens:%H:%M} to {hours.closes:%H:%M}"
