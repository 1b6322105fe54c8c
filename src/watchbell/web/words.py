"""How figures, times and findings read on a page."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from jinja2 import Environment
from markupsafe import Markup

from watchbell.desk.investigations.networks import role_said
from watchbell.detect.traces.catalogue import TRACES as CATALOGUE
from watchbell.model.ads import KEPT_YEARS, Count, DisclaimerState, Money, RemovalReason, Verdict
from watchbell.model.cases import CaseStatus
from watchbell.model.evidence import EvidenceKind
from watchbell.model.feedback import Claimant, DisputeState, OpinionValue
from watchbell.model.flags import FlagReason, FlagState
from watchbell.model.partners import PartnerKind
from watchbell.model.releases import ReleaseState
from watchbell.model.requests import RequestKind, RequestState
from watchbell.model.tlp import Tlp

VERDICTS = {
    Verdict.APPROVE: "No rule against it",
    Verdict.REVIEW: "Held for a person",
    Verdict.REJECT: "Breaks a rule",
}
DISCLAIMERS = {
    DisclaimerState.PRESENT: "Says who paid",
    DisclaimerState.MISSING: "Does not say who paid",
    DisclaimerState.UNKNOWN: "Not known whether it says who paid",
    DisclaimerState.NOT_NEEDED: "Need not say who paid",
}
REMOVALS = {
    RemovalReason.PERSONAL_DATA: "it shows personal data that must not be shown",
    RemovalReason.COURT_ORDER: "a court or authority ordered it",
    RemovalReason.ILLEGAL_CONTENT: "to show it again would break the law",
    RemovalReason.NOT_POLITICAL: "it was taken for a political ad and is none",
    RemovalReason.MISTAKE: "it came in by mistake",
    RemovalReason.SOURCE_REMOVED: "the library it came from no longer shows it",
}
COUNTED_BY = {
    "source": "Source",
    "platform": "Platform",
    "country": "Country",
    "removed": "Taken out",
    "verdict": "Decision",
    "payer_country": "Country of the payer, where shown",
}
STATUSES = {
    CaseStatus.OPEN: "Open",
    CaseStatus.IN_REVIEW: "In review",
    CaseStatus.CONFIRMED: "Confirmed",
    CaseStatus.DISMISSED: "Dismissed",
}
EVIDENCE = {
    EvidenceKind.GROUP: "Groups that act as one",
    EvidenceKind.PAIR: "Pairs",
    EvidenceKind.POST: "Posts",
    EvidenceKind.HIT: "Hits of indicators",
    EvidenceKind.INDICATOR: "Indicators",
    EvidenceKind.AD: "Ads",
    EvidenceKind.AD_DECISION: "Decisions on ads",
    EvidenceKind.NOTE: "Notes and decisions",
}
TRACES = {name: trace.alike for name, trace in CATALOGUE.items()}
OPINIONS = {
    OpinionValue.STRONGLY_DISAGREE: "Strongly disagrees",
    OpinionValue.DISAGREE: "Disagrees",
    OpinionValue.NEUTRAL: "Neither",
    OpinionValue.AGREE: "Agrees",
    OpinionValue.STRONGLY_AGREE: "Strongly agrees",
}
DISPUTES = {
    DisputeState.OPEN: "Open",
    DisputeState.UPHELD: "Upheld",
    DisputeState.REFUSED: "Refused",
    DisputeState.WITHDRAWN: "Withdrawn",
}
ANSWERS = {
    DisputeState.UPHELD: "Right: the indicator is retracted",
    DisputeState.REFUSED: "Not so: the indicator stands",
    DisputeState.WITHDRAWN: "Withdrawn by the claimant",
}
CLAIMANTS = {Claimant.PARTNER: "a partner", Claimant.ACCOUNT_HOLDER: "whoever it names, through us"}
PARTNER_KINDS = {
    PartnerKind.PLATFORM: "Platform",
    PartnerKind.GOVERNMENT: "Government",
    PartnerKind.RESEARCHER: "Researchers",
    PartnerKind.ELECTION_AUTHORITY: "Election authority",
    PartnerKind.MEDIA: "Media",
}
REQUEST_KINDS = {
    RequestKind.REMOVAL: "Remove or hide",
    RequestKind.INFORMATION: "Hand out data",
    RequestKind.PRESERVATION: "Keep data",
    RequestKind.REFERRAL: "Pointed out, nothing ordered",
}
REQUEST_STATES = {
    RequestState.OPEN: "Open",
    RequestState.GRANTED: "Granted",
    RequestState.PARTLY: "In part",
    RequestState.REFUSED: "Refused",
    RequestState.WITHDRAWN: "Withdrawn",
}
FLAG_REASONS = {
    FlagReason.NOT_LABELLED: "It is political and does not say so, or does not say who paid",
    FlagReason.WRONG_PAYER: "Somebody else paid than it says",
    FlagReason.MISLEADS_VOTERS: "It misleads people about when, where or how to vote, or keeps them from voting",
    FlagReason.TARGETING: "It was aimed at people by something that may not be used for that",
    FlagReason.NOT_POLITICAL: "It is not political",
    FlagReason.MISSING_FACTS: "The library has something about it wrong, or lacks it",
    FlagReason.OTHER: "Something else",
}
FLAG_STATES = {
    FlagState.OPEN: "Waits for an answer",
    FlagState.UPHELD: "Right: something is done",
    FlagState.REFUSED: "The ad stands",
}
EVENTS = {
    "indicator.sighted": "saw it",
    "indicator.opinion": "gave an opinion",
    "indicator.retracted": "took it back",
    "objects.published": "published it",
}
"""What an entry of the ledger about an indicator reads as."""
RELEASES = {
    ReleaseState.ASKED: "Waits for a second person",
    ReleaseState.APPROVED: "Approved",
    ReleaseState.REFUSED: "Refused",
}


class Bounded(Protocol):
    """What is known between two bounds."""

    @property
    def lower(self) -> Decimal:
        """The least it can be."""

    @property
    def upper(self) -> Decimal | None:
        """The most; None where nobody knows."""


_TIME = Markup('<time datetime="{}">{}</time>')


def when(at: datetime | None) -> str:
    """Write an instant, to the second: `8 June 2021, 14:03:22 UTC`."""
    if at is None:
        return "not known"
    at = at.astimezone(UTC)
    return _TIME.format(f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{at.day} {at:%B %Y, %H:%M:%S} UTC")


def day(at: datetime | None) -> str:
    """Write the day of an instant: `8 June 2021`."""
    if at is None:
        return "not known"
    at = at.astimezone(UTC)
    return _TIME.format(f"{at:%Y-%m-%d}", f"{at.day} {at:%B %Y}")


def number(value: Decimal | float) -> str:
    """Write a number with thousands apart, and cents only where there are any."""
    return f"{value:,.2f}" if value != int(value) else f"{int(value):,}"


def money(sum_: Money | None) -> str:
    """Write a sum as its source gives it: exact, a range, or more than."""
    return "not published" if sum_ is None else f"{_bounds(sum_.lower, sum_.upper)} {sum_.currency}"


def count(value: Count | None) -> str:
    """Write a count as its source gives it."""
    return "not published" if value is None else _bounds(value.lower, value.upper)


def between(sum_: Bounded) -> str:
    """Write a sum of sums: exact, between two bounds, or at least."""
    if sum_.upper is None:
        return f"at least {number(sum_.lower)}"
    return _bounds(sum_.lower, sum_.upper)


def span(length: timedelta | float) -> str:
    """Write a length of time in its two largest units."""
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    if seconds < 60:  # noqa: PLR2004  # a minute
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    units = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for name, size in units:
        whole, seconds = divmod(seconds, size)
        parts += [f"{int(whole)} {name}"] if whole or parts else []
    return " ".join(part for part in parts[:2] if not part.startswith("0 "))


def version(text: str) -> str:
    """Write the version of an object, which is a time where its author kept to STIX."""
    try:
        return when(datetime.fromisoformat(text))
    except ValueError:
        return text


def owed(due: datetime, now: datetime) -> str:
    """Write how long is left until something is owed: `in 3 d 4 h`, `2 d late`."""
    return f"in {span(due - now)}" if due >= now else f"{span(now - due)} late"


def marking(label: Tlp | str) -> str:
    """Write a TLP label as FIRST prescribes: `TLP:AMBER+STRICT`."""
    return f"TLP:{label.upper()}"


def short(text: str, length: int = 60) -> str:
    """Return text on one line, cut to `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def coded(text: str) -> str:
    """Return text in which what stands between backticks is shown as code."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))


def ends(text: str, length: int = 56) -> str:
    """Return an address or id without its scheme, cut in the middle: addresses of one site differ at their ends."""
    line = " ".join(text.split()).removeprefix("https://").removeprefix("http://")
    half = (length - 1) // 2
    return line if len(line) <= length else f"{line[:half]}…{line[-half:]}"


def account(account_id: str, names: dict[str, str], length: int = 22) -> str:
    """Return the name of an account for a narrow place: its handle where known, else its id without the platform."""
    return short(names.get(account_id) or account_id.partition(":")[2] or account_id, length)


def teach(environment: Environment) -> None:
    """Give the templates these words."""
    environment.filters.update(
        when=when, day=day, number=number, money=money, count=count, span=span, marking=marking, short=short
    )
    environment.filters.update(between=between, coded=coded, account=account, ends=ends, owed=owed, version=version)
    environment.globals.update(
        role_said=role_said,
        VERDICTS=VERDICTS,
        DISCLAIMERS=DISCLAIMERS,
        STATUSES=STATUSES,
        EVIDENCE=EVIDENCE,
        TRACES=TRACES,
    )
    environment.globals.update(OPINIONS=OPINIONS, DISPUTES=DISPUTES, CLAIMANTS=CLAIMANTS, PARTNER_KINDS=PARTNER_KINDS)
    environment.globals.update(ANSWERS=ANSWERS, EVENTS=EVENTS, REMOVALS=REMOVALS)
    environment.globals.update(KEPT_YEARS=KEPT_YEARS, COUNTED_BY=COUNTED_BY)
    environment.globals.update(FLAG_REASONS=FLAG_REASONS, FLAG_STATES=FLAG_STATES)
    environment.globals.update(REQUEST_KINDS=REQUEST_KINDS, REQUEST_STATES=REQUEST_STATES, RELEASES=RELEASES)


def _bounds(lower: Decimal | int, upper: Decimal | int | None) -> str:
    if upper is None:
        return f"more than {number(lower)}"
    return number(lower) if lower == upper else f"{number(lower)} to {number(upper)}"
