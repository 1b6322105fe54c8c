"""The first review of an ad: political or not, disclaimer or not, rules touched, and what follows. Deterministic."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from watchbell.ads.elections.calendar import Calendar
from watchbell.ads.elections.facts import held_against
from watchbell.ads.images import with_picture_words
from watchbell.ads.normalise import READ_AT_MOST, Normalised, normalise
from watchbell.ads.payers import disclaimers
from watchbell.ads.payers.bound import PayerBook
from watchbell.ads.payers.register import Register, payer_findings
from watchbell.ads.political.answer import Answer, political
from watchbell.ads.political.classifier import Classifier
from watchbell.ads.rules.disguises import disguised_words
from watchbell.ads.rules.house_rules import HouseRules, Seen
from watchbell.ads.rules.policy import FOR_TWO, Judged, findings_in_each
from watchbell.ads.rules.rulebook import RuleBook
from watchbell.ads.rules.under_law import under_law
from watchbell.model.ads import Ad, AdDecision, DisclaimerFinding, DisclaimerState, PolicyFinding, Verdict

CODE_TOO_LONG = "TEXT-TOO-LONG"
CODE_UNSURE = "POL-UNSURE"
_SPEAKS_OF_VOTING = "It speaks of how, when or whether to vote."
_TOGETHER = 250
"""Ads that one step reads before the next one does. More are no faster."""


@dataclass(frozen=True, slots=True)
class Aids:
    """What a review may ask beside the rules."""

    register: Register | None = None
    """Whom to ask about a claimed registration; None asks nobody."""
    classifier: Classifier | None = None
    """Tells what is political; the bundled one when None."""
    calendar: Calendar | None = None
    """Knows when people vote; the bundled one when None."""
    house: HouseRules | None = None
    """The operator's own rules."""
    payers: PayerBook | None = None
    """Whose words and accounts are whose; None knows no advertiser."""


NO_AIDS = Aids()


def review(ad: Ad, rules: RuleBook, *, now: datetime, aids: Aids = NO_AIDS) -> AdDecision:
    """Return the first decision on an ad.

    The same ad under the same `rules.version`, model and register gives the same decision but for its time.

    Args:
        ad: what is reviewed; nothing it points to is fetched.
        rules: the policy rules; their version is written into the decision.
        now: the time of the decision, and the day the ad runs where it gives none.
        aids: what else to ask.
    """
    (decision,) = review_each([ad], rules, now=now, aids=aids)
    return decision


def review_each(ads: Iterable[Ad], rules: RuleBook, *, now: datetime, aids: Aids = NO_AIDS) -> Iterator[AdDecision]:
    """Yield for each ad what `review` decides.

    One step reads some hundred ads before the next one does: its tables then stay in the processor's cache.
    """
    asked = _Asked(rules, now, aids, aids.classifier or Classifier.bundled(), aids.calendar or Calendar.bundled())
    waiting = iter(ads)
    while batch := [_read(ad) for ad in islice(waiting, _TOGETHER)]:
        found = findings_in_each([one.plain for one in batch], rules)
        judged = [_judged(one, of_rules, asked) for one, of_rules in zip(batch, found, strict=True)]
        answers = [political(one.ad, asked.classifier, one.plain) for one in batch]
        yield from (_decision(*told, asked) for told in zip(batch, judged, answers, strict=True))


class _Read(NamedTuple):
    """An ad with the words of its pictures, and all its words in plain form."""

    ad: Ad
    content_digest: str
    words: str
    plain: Normalised
    unread: tuple[PolicyFinding, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that a review asks."""

    rules: RuleBook
    now: datetime
    aids: Aids
    classifier: Classifier
    calendar: Calendar

    @property
    def version(self) -> str:
        """Name all that is asked beside the model and the advertisers' own words."""
        also = (one.version for one in (self.aids.house, self.aids.register) if one is not None)
        return "+".join([self.rules.version, self.calendar.version, *also])


def _read(ad: Ad) -> _Read:
    content_digest = ad.content_digest
    ad, unread = with_picture_words(ad)
    words = "\n\n".join(filter(None, (ad.text, ad.disclaimer)))
    return _Read(ad, content_digest, words, normalise(words[:READ_AT_MOST]), unread)


def _judged(read: _Read, found: tuple[Judged, ...], asked: _Asked) -> tuple[Judged, ...]:
    """Return what the rules found after the calendar's word and the law's."""
    place = asked.calendar.place_of(read.ad)
    judged = held_against(asked.calendar, found, read.plain, read.ad, place, asked.now)
    return under_law(judged, asked.rules.laws, place, read.plain)


def _decision(read: _Read, judged: tuple[Judged, ...], answer: Answer, asked: _Asked) -> AdDecision:
    ad, aids = read.ad, asked.aids
    is_political = answer.political or bool(judged)
    if aids.house:
        seen = Seen(is_political, answer.probability, tuple(one.finding.code for one in judged))
        judged += aids.house.judge(ad, seen)
    disclaimer = disclaimers.disclaimer(ad, political=is_political)
    held = disclaimers.missing(disclaimer) + _unsure(answer, ad, disclaimer) + read.unread + _unreadable(read.words)
    held += payer_findings(ad, aids.register, asked.now) if aids.register else ()
    held += aids.payers.whose(ad, disclaimer).findings if aids.payers else ()
    verdict = _verdict(judged, held=bool(held))
    return AdDecision(
        ad_id=ad.id,
        content_digest=read.content_digest,
        verdict=verdict,
        proposed=_proposed(judged, verdict),
        political=is_political,
        political_reason=answer.reason if answer.political or not is_political else _SPEAKS_OF_VOTING,
        policies=tuple(one.finding for one in judged) + held,
        disclaimer=disclaimer,
        political_probability=answer.probability,
        rules_version=asked.version,
        political_model=asked.classifier.version,
        decided_at=asked.now,
    )


def _unsure(answer: Answer, ad: Ad, disclaimer: DisclaimerFinding) -> tuple[PolicyFinding, ...]:
    """Hold an ad that may be political and names no payer where it could: if it is, it may not run so."""
    may_be = answer.unsure and not answer.political and disclaimer.state is DisclaimerState.NOT_NEEDED
    if not may_be or disclaimer.payer is not None or not ad.reports_payer:
        return ()
    reason = "It may be political and names nobody who paid, so a person must say whether it is. " + answer.reason
    return (PolicyFinding(code=CODE_UNSURE, quote=(ad.text or "(no text)")[:100], reason=reason),)


def _unreadable(words: str) -> tuple[PolicyFinding, ...]:
    """Hold an ad whose words are disguised, or too many."""
    return disguised_words(words[:READ_AT_MOST]) + _too_long(words)


def _too_long(words: str) -> tuple[PolicyFinding, ...]:
    """Hold an ad whose end the rules have not read."""
    if len(words) <= READ_AT_MOST:
        return ()
    reason = f"Only the first {READ_AT_MOST:,} of its {len(words):,} characters were read, so a person must look at it."
    return (PolicyFinding(code=CODE_TOO_LONG, quote=words[READ_AT_MOST:][:100], reason=reason),)


def _verdict(judged: Iterable[Judged], *, held: bool) -> Verdict:
    """Return the gravest verdict: plain interference rejects, anything unsure or unsaid holds."""
    judged = tuple(judged)
    if any(one.verdict is Verdict.REJECT and one.finding.code not in FOR_TWO for one in judged):
        return Verdict.REJECT
    return Verdict.REVIEW if held or judged else Verdict.APPROVE


def _proposed(judged: Iterable[Judged], verdict: Verdict) -> Verdict | None:
    """Return the rejection that a person must second, where only rules for two would reject."""
    is_rejected = any(one.verdict is Verdict.REJECT for one in judged)
    return Verdict.REJECT if is_rejected and verdict is not Verdict.REJECT else None
