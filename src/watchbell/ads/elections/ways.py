"""What an ad says of ways and places to vote, held against the election calendar.

A way that the calendar says is not offered holds an ad that calls to vote so; a way that it says is offered takes a
doubt about it back, and so do the names of its places. What the calendar does not know is left to the rules.
"""

import re
from collections.abc import Iterable, Sequence

from watchbell.ads.elections.calendar import Method, Poll
from watchbell.ads.expressions import WordSearch
from watchbell.ads.normalise import Normalised, normalise
from watchbell.ads.rules.policy import Judged
from watchbell.model.ads import PolicyFinding, Verdict

METHOD_CODE, PLACE_CODE = "VI-METHOD", "VI-LOC"
_VOTE = r"\b(?:vote|votes|voting|votar|vota|voten|votad|wahlt|wahlen|wahle|abstimmen|votez|voter|votons)\b"
# How each way is named; remote ones also where they are offered.
_NAMED = {
    Method.EARLY: r"early|in advance|anticipadamente|por anticipado|vorab|par anticipation",
    Method.POST: r"by (?:mail|post)|mail-?in|postal\w*|por correo(?! electronico)|per (?:brief|post)|briefwahl\w*|"
    r"par (?:correspondance|la poste|courrier)",
    Method.DROP_BOX: r"drop ?box(?:es)?",
    Method.PROXY: r"by proxy|por poder|par procuration|per vollmacht",
    Method.ONLINE: r"online|on the internet|over the internet|electronically|e-?vot\w+|i-?voting|por internet|en linea|"
    r"im internet|per internet|en ligne|par internet|sur internet",
    Method.TEXT: r"text\w*|sms|whatsapp|telegram|mensajes?|textos?",
    Method.PHONE: r"phone|telephone|telefon\w*|celular|call(?:ing)?",
}
_CALLS = {method: re.compile(rf"{_VOTE}[^.!?;]{{0,30}}\b(?:{named})") for method, named in _NAMED.items()} | {
    # Other things are done online, too: nothing but whom and when may stand between.
    Method.ONLINE: re.compile(rf"{_VOTE}(?: (?!and\b|und\b|y\b|et\b)\w+){{0,2}}? (?:{_NAMED[Method.ONLINE]})\b")
}
_NAMES = {method: re.compile(rf"\b(?:{named})\b") for method, named in _NAMED.items()}
_ASKED_OF = (Method.EARLY, Method.POST, Method.DROP_BOX, Method.PROXY, Method.ONLINE)
"""Ways that some elections offer: the rules know that the others are offered nowhere."""
_NAMES_WAY = {method: WordSearch(rf"\b(?:{_NAMED[method].replace('(?! electronico)', '')})") for method in _ASKED_OF}
_REMOTE = (Method.ONLINE, Method.TEXT, Method.PHONE)
# A wish for it, a report of it, or voters of another kind.
_NOT_A_CALL = re.compile(
    r"\b(?:not|no|never|cannot|cant|dont|against|ban|banned|end|ended|abolish\w*|restore|allow|legali[sz]e|introduc\w*|"
    r"want|demand|petition|bill|law|should|abroad|overseas|military|prison\w*|expat\w*|kein\w*|nicht|einfuhr\w*|ausland|"
    r"nunca|ley|extranjero|exterior|ne|pas|jamais|etranger|retabli\w*|loi|lie|false|poll|survey|encuesta|umfrage|sondage)\b"
)
# What is done online about an election, or voted on online, but is not an election's vote.
_OTHER_ONLINE = re.compile(
    r"\b(?:regist\w*|inscri\w*|anmeld\w*|request\w*|find|learn|read|info\w*|pledge|petition\w*|contest|award\w*|prize|best|favou?rite|"
    r"teams?|song|album|shop|donat\w*|members?|mitglied\w*|preis|wettbewerb|concurso|premio|concours|prix|"
    r"plan|safe|ads?|locat\w*|drop|mail|absentee)\b"
)
_AROUND = 60
_AT = re.compile(
    r"\b(?:vote|voting|polling (?:place|station)|polls|wahlt|wahlen|wahllokal|vota|votar|votez|voter|bureau de vote|"
    r"colegio electoral)\b[^.!?;]{0,20}?\b(?:at|in|is|im|ist|en|es|a|est) (?:the |der |die |das |el |la |le |l )?"
    r"(?P<place>[a-z][\w' ]{3,60})"
)
_SHORT = 4
"""Letters that a name must have to be told by."""


def checked_ways(judged: Iterable[Judged], plain: Normalised, polls: Sequence[Poll]) -> tuple[Judged, ...]:
    """Return the findings, ways that are not offered and places that are not official among them.

    Args:
        judged: what the rules found.
        plain: the ad's words.
        polls: of the elections that the ad may speak of, where it runs; the next first.
    """
    if not polls:
        return tuple(judged)
    kept = tuple(one for one in judged if not _is_doubt_about_what_is(one, plain, polls))
    found = (*_not_offered(plain, polls), *_not_a_place(plain, polls))
    had = {one.finding.code for one in kept}
    return (*kept, *(one for one in found if one.finding.code not in had))


def _not_offered(plain: Normalised, polls: Sequence[Poll]) -> tuple[Judged, ...]:
    for method in _ASKED_OF:
        is_known = all(one.methods.get(method) is False for _, one in polls)
        if not is_known or not _NAMES_WAY[method].found_in(plain.letters):
            continue
        for call in _CALLS[method].finditer(plain.text):
            near = plain.text[max(0, call.start() - _AROUND) : call.end() + _AROUND]
            if not _NOT_A_CALL.search(near) and not (method is Method.ONLINE and _OTHER_ONLINE.search(near)):
                way = method.value.replace("_", " ")
                reason = (
                    f"It calls to vote in a way that the calendar says is not offered there ({way}): "
                    f"{polls[0].election.name}, {polls[0].page}."
                )
                finding = PolicyFinding(code=METHOD_CODE, quote=plain.quote(*call.span()), reason=reason)
                return (Judged(finding, Verdict.REVIEW),)
    return ()


def _not_a_place(plain: Normalised, polls: Sequence[Poll]) -> tuple[Judged, ...]:
    places = _places(polls)
    if not places:
        return ()
    for said in _AT.finditer(plain.text):
        if not any(_is_one(said["place"], place) for place in places):
            reason = (
                f"It sends voters to a place that the calendar does not have for {polls[0].election.name}: "
                f"{polls[0].page}."
            )
            finding = PolicyFinding(code=PLACE_CODE, quote=plain.quote(*said.span()), reason=reason)
            return (Judged(finding, Verdict.REVIEW),)
    return ()


def _is_doubt_about_what_is(judged: Judged, plain: Normalised, polls: Sequence[Poll]) -> bool:
    """Tell whether a rule found a way to vote that is offered, or a place that is official."""
    words = normalise(judged.finding.quote).text
    if judged.finding.code == METHOD_CODE:
        named = [method for method in _REMOTE if _NAMES[method].search(words)]
        return bool(named) and all(one.methods.get(method) for _, one in polls for method in named)
    if judged.finding.code != PLACE_CODE or judged.verdict is not Verdict.REVIEW:
        return False
    start = max(0, plain.text.find(words))
    said = plain.text[start : start + len(words) + _AROUND]
    return any(place in said for place in _places(polls))


def _places(polls: Sequence[Poll]) -> list[str]:
    return [normalise(place).text for _, voting in polls for place in voting.places]


def _is_one(said: str, place: str) -> bool:
    return place in said or (len(said.strip()) >= _SHORT and said.strip() in place)
