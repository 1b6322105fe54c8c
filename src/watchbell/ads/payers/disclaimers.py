"""Does an ad say who paid for it? Needed only of political ads.

52 U.S.C. 30120(a) and 11 CFR 110.11 ask for a clear statement of who paid; Regulation (EU) 2024/900, articles 11 and
12, for a label and the sponsor's identity; the UK's Elections Act 2022, section 41, for an imprint. A disclaimer that
stands in the ad's own text is the advertiser's claim, and the reason says so.
"""

import re
from typing import NamedTuple

from watchbell.ads.expressions import Sieve, ascii_of
from watchbell.ads.payers.statements import reaches
from watchbell.model.ads import Ad, DisclaimerFinding, DisclaimerState, PolicyFinding

CODE_MISSING = "DISC-MISSING"

# A payer's name ends at the end of its sentence or line, or where the statement goes on to say more.
_NAME = r"(?P<payer>[^\n;|]{2,120}?)"
_END = (
    r"(?=\s*(?:[;|\n]|\.(?:\s+(?!\d)|$)|\(|,?\s+(?:and|not|&)\s+(?:is\s+|are\s+)?(?:not\s+)?authori[sz]ed|,?\s+not\s+authori[sz]ed"
    r"|\s+https?://|\s+y\s+(?:no\s+)?autorizad|$))"
)
_STATEMENTS = tuple(
    re.compile(lead + _NAME + _END, re.IGNORECASE)
    for lead in (
        # US federal and state law
        r"\b(?:ad(?:vertisement)?\s+)?paid(?:\s+political\s+\w+)?(?:\s+(?:for|&|and)(?:\s+authori[sz]ed)?){1,2}\s+by:?\s+",
        r"\bsponsored\s+and\s+paid\s+for\s+by:?\s+",
        # UK imprint; Australia, Commonwealth Electoral Act 1918, s. 321D
        r"\b(?:printed,?\s+)?(?:published\s+and\s+)?promoted\s+by:?\s+",
        r"\bauthori[sz]ed\s+by\s+(?!any\b|the\s+candidate\b|me\b|congress\b)(?=[^\n]{2,80},)",
        # The label of Implementing Regulation (EU) 2025/1410, annex II, point 1
        r"\b(?:the\s+sponsor\s+is|der\s+sponsor\s+ist|le\s+parraineur\s+est|el\s+patrocinador\s+es)\s+",
        r"\bpagad[oa](?:\s+y\s+autorizad[oa])?\s+por:?\s+",
        r"\b(?:politische\s+(?:anzeige|werbung)\s+(?:von|der|des|im\s+auftrag)|v\.\s?i\.\s?s\.\s?d\.\s?p\.?:?|verantwortlich(?:\s+im\s+sinne[^:\n]{0,40})?:)\s+",
        r"\b(?:finanziert|bezahlt|gesponsert)\s+(?:von|durch):?\s+",
        r"\b(?:pay[ée]e?|financ[ée]e?|sponsoris[ée]e?)\s+par:?\s+",
    )
)


_NOT_AUTHORISED = re.compile(r"\bnot\s+authori[sz]ed\s+by\s+any\b", re.IGNORECASE)
_SIEVE = Sieve([statement.pattern for statement in _STATEMENTS])


class Statement(NamedTuple):
    """A disclaimer found in words: the words, and the payer they name."""

    quote: str
    payer: str


def statement_in(text: str) -> Statement | None:
    """Return the first statement of who paid in a text, quoted as it stands."""
    # RE2 knows no letter case here, so it looks at the text in lower case; `re` then reads the text as it stands.
    may_be = (_STATEMENTS[number] for number in _SIEVE.passing(ascii_of(text.lower())))
    found = (match for statement in may_be if (match := statement.search(text)))
    first = min(found, key=re.Match.start, default=None)
    return None if first is None else Statement(first.group().strip(), first.group("payer").strip(" ,.:"))


def disclaimer(ad: Ad, *, political: bool) -> DisclaimerFinding:
    """Return whether an ad says who paid, in whose words, and why that matters."""
    claim = statement_in("\n".join(filter(None, (ad.disclaimer, ad.text))))
    payer = ad.payer or (claim.payer if claim else None) or ad.disclaimer
    quote = (claim.quote if claim else None) or ad.disclaimer or ad.payer
    if not political:
        return DisclaimerFinding(
            state=DisclaimerState.NOT_NEEDED, payer=payer, quote=quote, reason="The ad is not political."
        )
    if payer is None and not ad.reports_payer:
        return DisclaimerFinding(
            state=DisclaimerState.UNKNOWN,
            reason="The record has no place for who paid (`payer` or `disclaimer`) and the text does not say; "
            "whether the ad was shown with a disclaimer cannot be told.",
        )
    if payer is None:
        return DisclaimerFinding(
            state=DisclaimerState.MISSING,
            reason="A political ad must say who paid for it (52 U.S.C. 30120, 11 CFR 110.11; Regulation (EU) 2024/900, "
            "article 11). This one does not, in its text or in its record.",
        )
    reason = _whose_words(ad) + _lacking(ad, claim)
    return DisclaimerFinding(state=DisclaimerState.PRESENT, payer=payer, quote=quote, reason=reason)


def _whose_words(ad: Ad) -> str:
    if ad.payer:
        return "The ad's record names who paid."
    if ad.disclaimer:
        return "The ad's record holds a disclaimer."
    return "The ad's own text says who paid; that is the advertiser's claim and has not been checked."


def _lacking(ad: Ad, claim: Statement | None) -> str:
    """Return what a US disclaimer lacks that says that no candidate authorised it."""
    words = ad.disclaimer or ad.text or ""
    denied = _NOT_AUTHORISED.search(words) if claim and ad.country in {None, "US"} else None
    if claim is None or denied is None:
        return ""
    start = max(words.find(claim.quote), 0)
    if reaches(words[start:].replace(claim.quote, "", 1)):
        return ""
    return (
        " It says that no candidate authorised it, and gives no street address, telephone number or web address of "
        "whoever paid (11 CFR 110.11(b)(3))."
    )


def missing(found: DisclaimerFinding) -> tuple[PolicyFinding, ...]:
    """Return the policy finding for a political ad without a disclaimer, if it is one."""
    if found.state is not DisclaimerState.MISSING:
        return ()
    return (PolicyFinding(code=CODE_MISSING, quote="(no payer, no disclaimer)", reason=found.reason),)
