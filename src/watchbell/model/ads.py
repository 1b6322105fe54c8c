"""Ads, what the public is told of them, and what was decided about each."""

from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from watchbell.model.record import Record, UtcDatetime


class Targeting(Record):
    """One thing an ad was aimed at, or kept away from."""

    dimension: str
    """What is targeted, as the library names it: region, age, interest, gender, postal code…"""
    value: str
    excluded: bool = False


class Money(Record):
    """A sum as a source gives it: exact when `lower == upper`, a range otherwise."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """ISO 4217."""
    lower: Decimal
    upper: Decimal | None
    """None: the source says "more than"."""


class Count(Record):
    """A count as a source gives it; exact when `lower == upper`."""

    lower: int
    upper: int | None


class Ad(Record):
    """A political ad, or one screened for being political."""

    id: str
    """`source:id`, as in the library it came from."""
    source: str
    """Which library or reader it came through: `snap`, `ira`, `jsonl`…"""
    platform: str
    text: str | None = None
    advertiser: str | None = None
    """The page or account it ran from."""
    payer: str | None = None
    """Who the source says paid: the disclosed name, never a guess of ours."""
    payer_address: str | None = None
    registration_id: str | None = None
    """The registration that the advertiser claims, such as an FEC committee id."""
    disclaimer: str | None = None
    """The disclaimer's words, where the source gives them."""
    reports_payer: bool = True
    """Whether the source has a place for who paid. Where it has none, a payer that is not named means nothing."""
    declared_political: bool = False
    """The advertiser or the library declared it political."""
    spend: Money | None = None
    impressions: Count | None = None
    clicks: int | None = None
    started_at: UtcDatetime | None = None
    ended_at: UtcDatetime | None = None
    targeting: tuple[Targeting, ...] = ()
    links: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    """Addresses or file names of its pictures and films; never fetched by Watchbell itself."""
    language: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2 where the source allows it, else as the source writes it."""
    synthetic: bool = False
    """Made up for a demonstration or a test, and shown as such everywhere."""
    sums_up: int | None = None
    """How many ads a source sums up in this one record, and tells nothing of singly; None: it is an ad."""


class Verdict(StrEnum):
    """What happens to an ad."""

    APPROVE = "approve"
    """Nothing found that keeps it from running."""
    REVIEW = "review"
    """Held: a person must decide."""
    REJECT = "reject"
    """Breaks a rule plainly, as far as words tell. It is a first pass, not a person's judgement."""


class PolicyFinding(Record):
    """A rule that the ad touches, the words that do, and why that matters."""

    code: str
    """Code of the rule in `ads/rules/`, such as VI-METHOD."""
    quote: str
    """The ad's own words (or its missing field) that the rule is about."""
    reason: str


class DisclaimerState(StrEnum):
    """What is known of an ad's disclaimer."""

    PRESENT = "present"
    MISSING = "missing"
    UNKNOWN = "unknown"
    """The record has no place for who paid, and the ad's own words do not say: it may have been shown beside them."""
    NOT_NEEDED = "not_needed"
    """The ad is not political."""


class DisclaimerFinding(Record):
    """Whether the ad says who paid, and what it says."""

    state: DisclaimerState
    payer: str | None = None
    quote: str | None = None
    reason: str


FIRST_PASS = "watchbell"  # noqa: S105  # the name under which the rules decide, not a password


class AdDecision(Record):
    """The decision on one ad under one version of the rules; it can be replayed."""

    ad_id: str
    verdict: Verdict
    political: bool
    political_reason: str
    political_probability: float | None = None
    """How likely the model takes it to be political; None where that was declared, or nobody asked the model."""
    policies: tuple[PolicyFinding, ...] = ()
    disclaimer: DisclaimerFinding
    rules_version: str
    political_model: str | None = None
    """Version of the model that judged whether it is political."""
    decided_at: UtcDatetime
    decided_by: str = FIRST_PASS
    """`FIRST_PASS`, else the reviewer's account."""
    reason: str | None = None
    """A person's reason, in their words; None for the first pass."""
    proposed: Verdict | None = None
    """What the first of two people decided: the ad is held until a second one has looked."""
