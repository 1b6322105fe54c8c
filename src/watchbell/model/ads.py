"""Ads, what the public is told of them, and what was decided about each."""

import hashlib
import json
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


MOST_MONEY = 10**15
"""More than any ad costs in any currency, and so little that sums of ads stay exact."""


class Money(Record):
    """A sum as a source gives it: exact when `lower == upper`, a range otherwise."""

    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """ISO 4217."""
    lower: Decimal = Field(ge=0, le=MOST_MONEY)
    upper: Decimal | None = Field(ge=0, le=MOST_MONEY)
    """None: the source says "more than"."""


class Origin(StrEnum):
    """Whether money is public or private (Regulation (EU) 2024/900, article 12(1)(e))."""

    PUBLIC = "public"
    PRIVATE = "private"
    BOTH = "public-and-private"


class Whence(StrEnum):
    """Whether money comes from inside or outside the European Union (article 12(1)(e))."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    BOTH = "inside-and-outside"


class Declaration(Record):
    """What a sponsor declares of an ad for its transparency notice, under their own responsibility.

    Regulation (EU) 2024/900, articles 7(1) and 12(1). None everywhere: nothing is declared of it.
    """

    address: str | None = Field(default=None, min_length=1, max_length=300)
    """The sponsor's postal address, where it is made public, and place of establishment."""
    nobody_controls: bool = False
    """No other entity ultimately controls the sponsor."""
    origin: Origin | None = None
    whence: Whence | None = None
    in_campaign: bool | None = None
    """Whether the ad is part of a campaign."""
    campaign: Money | None = None
    """What was received for the campaign in all."""
    method: str | None = Field(default=None, min_length=1, max_length=1000)
    """How the amounts were calculated, and whether value added tax is in them."""
    linked: tuple[str, ...] | None = Field(default=None, max_length=10)
    """Elections by their ids in the calendar, or referendums and laws in the making in words; empty: to none."""
    personal_data: bool | None = None
    """Whether personal data was used to target or deliver it."""
    techniques: str | None = Field(default=None, min_length=1, max_length=4000)
    """Groups, parameters, categories of data, logic, whether artificial intelligence was used, internal policy."""
    rights: str | None = Field(default=None, min_length=1, max_length=1000)
    """Who controls the personal data, and where consent is withdrawn and other rights are exercised."""


class Count(Record):
    """A count as a source gives it; exact when `lower == upper`."""

    lower: int
    upper: int | None


class Seen(Record):
    """Which part of those who saw an ad was in a region, or of an age and gender, as the source says."""

    share: Decimal = Field(ge=0, le=1)
    region: str | None = None
    age: str | None = None
    gender: str | None = None


class Picture(Record):
    """What a picture of an ad is known by, and what stands in it, as a machine read it."""

    name: str
    """As `media` names it."""
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """Of its bytes, under which the workspace keeps it; None: it was not taken."""
    media_type: str | None = None
    """`image/png`, `image/jpeg`…, as its bytes say."""
    size: int | None = None
    """In bytes."""
    width: int | None = None
    height: int | None = None
    """In pixels."""
    pdq: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    """By which nearly the same pictures are known; None: it is moving or too plain for that."""
    words: str | None = None
    """What was read in it, line by line; None: nobody asked for that."""
    problem: str | None = None
    """Why it could not be taken or read, so that a person must look at it."""


KEPT_YEARS = 7
"""For how long after its last impression an ad stays in the library, at the least: what Regulation (EU) 2024/900 asks
of transparency notices. Nothing in Watchbell deletes one, before or after."""


class RemovalReason(StrEnum):
    """Why an ad was taken out of the library."""

    PERSONAL_DATA = "personal-data"
    """It shows personal data of somebody who may have it taken down. Its content is hidden."""
    COURT_ORDER = "court-order"
    """A court or authority ordered it. Its content is hidden."""
    ILLEGAL_CONTENT = "illegal-content"
    """To show it again would break the law. Its content is hidden."""
    NOT_POLITICAL = "not-political"
    """It was taken for a political ad and is none. Its content stays."""
    MISTAKE = "mistake"
    """It came in wrongly, such as a test or under another's name. Its content stays."""
    SOURCE_REMOVED = "source-removed"
    """The library it came from no longer shows it. Its content stays."""

    @property
    def hides(self) -> bool:
        """Tell whether the reason asks for the content not to be shown."""
        return self in _HIDING


_HIDING = frozenset({RemovalReason.PERSONAL_DATA, RemovalReason.COURT_ORDER, RemovalReason.ILLEGAL_CONTENT})


class Removal(Record):
    """What stands on an ad's tombstone."""

    reason: RemovalReason
    note: str | None = Field(default=None, max_length=2000)
    """What else there is to say, for all to read: the court's file number, say."""
    by: str
    """The house that took it out. The ledger has the person."""
    at: UtcDatetime


class Restoration(Record):
    """Why an ad that was taken out of the library stands in it again."""

    reason: str
    """For all to read."""
    by: str
    """The house that put it back. The ledger has the person."""
    at: UtcDatetime


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
    account_id: str | None = None
    """That page's or account's id on its platform, which stays when the name changes."""
    admin_countries: tuple[str, ...] = ()
    """Where those who run the page are, where the source tells: ISO 3166-1 alpha-2."""
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
    seen_by: tuple[Seen, ...] = ()
    """Who saw it, where the source tells: regions, and ages with genders, each adding up to one or nearly."""
    links: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    """Addresses or file names of its pictures and films; never fetched by Watchbell itself."""
    pictures: tuple[Picture, ...] = Field(default=(), exclude_if=lambda shown: not shown)
    """Those of `media` that were at hand, in their order."""
    language: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2 where the source allows it, else as the source writes it."""
    synthetic: bool = False
    """Made up for a demonstration or a test, and shown as such everywhere."""
    sums_up: int | None = None
    """How many ads a source sums up in this one record, and tells nothing of singly; None: it is an ad."""
    declaration: Declaration | None = Field(default=None, exclude_if=lambda told: told is None)
    """What its sponsor declares for its notice in the European Union, where the source tells."""
    removed: Removal | None = None
    """Its tombstone, if it was taken out of the library."""

    @property
    def content_digest(self) -> str:
        """Return the SHA-256, hexadecimal, of what a decision is about: what it shows, who pays, and whom it aims at.

        What it cost, and when and how often it was seen, grow while an ad runs and are left out.
        """
        told = self.model_dump(mode="json", include=_DECIDED_ABOUT)
        told["pictures"] = [picture.sha256 for picture in self.pictures if picture.sha256]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    @property
    def content_hidden(self) -> bool:
        """Tell whether the reason of its removal asks for the content not to be shown."""
        return self.removed is not None and self.removed.reason.hides

    def without_content(self) -> "Ad":
        """Return what may be told of an ad whose content is hidden: when, where and how much, not what nor who."""
        return Ad.model_validate({name: getattr(self, name) for name in _TOLD_WITHOUT_CONTENT})


_DECIDED_ABOUT = {
    *("text", "disclaimer", "links", "media", "advertiser", "account_id", "declared_political"),
    *("payer", "payer_address", "registration_id", "targeting", "country"),
}
_TOLD_WITHOUT_CONTENT = (
    *("id", "source", "platform", "country", "language", "reports_payer", "declared_political", "synthetic"),
    *("spend", "impressions", "clicks", "started_at", "ended_at", "sums_up", "removed"),
)


class AdEvent(StrEnum):
    """What happened to an ad in the library."""

    ADDED = "added"
    CHANGED = "changed"
    """Its source told something else of it than before."""
    REMOVED = "removed"
    RESTORED = "restored"
    """It had been removed in error."""


class AdVersion(Record):
    """An ad as it stood from one moment to the next."""

    number: int
    """1 for the first."""
    at: UtcDatetime
    """Since when it stood."""
    event: AdEvent
    digest: str
    """SHA-256, hexadecimal, of the record as JSON text."""
    changed: tuple[str, ...]
    """Fields that differ from the version before; none of the first, nor where the content is hidden."""
    record: str | None
    """The ad as JSON text; None where a removal hides it."""
    restoration: Restoration | None = None
    """Why it stands again, if that is what happened."""

    @property
    def ad(self) -> Ad | None:
        """Return the ad as it stood; None where a removal hides it."""
        return None if self.record is None else Ad.model_validate_json(self.record)


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
    source: str | None = None
    """The law of where the ad runs, or else the policy, that the rule rests on; None: the rule is an operator's own, or
    is about the record."""


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
    content_digest: str
    """`Ad.content_digest` of what was decided about: what the ad comes to show later is decided about anew."""
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
