"""Advertisers: who wishes to pay for political ads, what they gave as evidence, and what registers say of them."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from watchbell.model.record import Record, UtcDatetime


class Registration(Record):
    """One entry of a public register, such as a committee in the FEC's committee master file."""

    registry: str
    """Which register, and its edition: `FEC committee master 2016`."""
    id: str
    name: str
    covers_from: date
    """First day for which this edition can say that an id does not exist."""
    covers_until: date
    terminated: bool = False
    """The committee told the FEC that it is over (filing frequency T), or the FEC ended it (A)."""
    treasurer: str | None = None
    candidate_id: str | None = None


class Advertiser(Record):
    """A person who answers for political ads and, behind them, the organisation that pays."""

    id: str
    person: str
    """Legal name, as the identity document has it."""
    email: str
    organisation: str | None = None
    """None: the person pays, and the disclaimer may carry that name only."""
    jurisdiction: str = Field(pattern="^[A-Z]{2}$")
    """Whose rules apply: EU, or ISO 3166-1 alpha-2."""
    route: str
    """Which way of `ads/advertisers/routes/` they take."""
    added_at: UtcDatetime
    synthetic: bool = False


class EvidenceKind(StrEnum):
    """What an advertiser can show; each has a checker of its own in `ads/advertisers/evidence/`."""

    PASSPORT = "passport"
    """The machine-readable zone of a passport (ICAO 9303)."""
    IDENTITY_CARD = "identity_card"
    """The machine-readable zone of an identity card (ICAO 9303, parts 5 and 6)."""
    US_DRIVER_LICENCE = "us_driver_licence"
    """A picture of the PDF417 on a North American licence (AAMVA)."""
    DOCUMENT = "document"
    """A paper that a person must read."""
    LETTER = "letter"
    """A code that was printed in a letter."""
    TAX_ID = "tax_id"
    """A US employer identification number."""
    TAX_LETTER = "tax_letter"
    """The tax office's own letter about that number."""
    GOVERNMENT_DOMAIN = "government_domain"
    """A website and an e-mail address on one governmental host, and a code sent there."""
    COMMITTEE = "committee"
    """An id in the FEC's committee master."""
    PHONE = "phone"
    """A code sent as a text message."""
    BUSINESS_EMAIL = "business_email"
    """A code sent to an address that is on no free-mail service."""
    ADDRESS = "address"
    """An address to which mail can be delivered."""
    WEBSITE = "website"
    """A code published under the domain of the business e-mail."""


class EvidenceVerdict(StrEnum):
    """What evidence is worth."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    CODE = "code"
    """It holds so far, and waits for the code that was sent."""
    REVIEW = "review"
    """A person must look."""


class Evidence(Record):
    """What was shown for one step, and what came of it."""

    id: str
    advertiser_id: str
    step: str
    """A step of the route, such as `identity`."""
    kind: EvidenceKind
    verdict: EvidenceVerdict
    reason: str
    given_at: UtcDatetime
    decided_at: UtcDatetime | None = None
    """When it was accepted or refused."""
    decided_by: str | None = None
    """`watchbell`, or who looked."""
    expires_on: date | None = None
    """The last day on which the document itself is good."""
    facts: dict[str, str] = Field(default_factory=dict)
    """What may be shown of it: a host, a committee, an address. Never the number of an identity document."""

    @property
    def by_person(self) -> bool:
        """Whether a person, and no checker, decided."""
        return self.decided_by not in {None, "watchbell"}


class Finding(Record):
    """What a checker says of evidence."""

    verdict: EvidenceVerdict
    reason: str
    facts: dict[str, str] = Field(default_factory=dict)
    expires_on: date | None = None
    unique: str | None = None
    """What belongs to one advertiser alone, such as a document's issuer and number; kept as a keyed hash only."""


class SentCode(Record):
    """A code that was sent. The code itself is not kept."""

    evidence_id: str
    code_hash: str
    """HMAC-SHA256 under the key outside the database: eight signs alone could be found by trying them all."""
    tries: int = 0
    expires_at: UtcDatetime
    used_at: UtcDatetime | None = None


class DisclaimerVerdict(StrEnum):
    """Whether a disclaimer may stand on ads."""

    APPROVED = "approved"
    HELD = "held"
    """A person must look: the name is like somebody else's."""
    REFUSED = "refused"


class PayerDisclaimer(Record):
    """The words under which an advertiser's ads run."""

    id: str
    advertiser_id: str
    payer: str
    """The name that it says paid: the verified organisation's, or the person's."""
    text: str
    behind: str | None = None
    """Whom it names beside the payer: who controls a sponsor, or for whom a promoter or an agent acts."""
    adapted: str | None = None
    """The short form, for an ad of which the whole would take more than a quarter (11 CFR 110.11(g))."""
    verdict: DisclaimerVerdict
    reason: str
    made_at: UtcDatetime
    decided_by: str
    decided_at: UtcDatetime | None = None
    """When a person approved or refused it; None while only Watchbell has looked."""
    held_because: str | None = None
    """Why it had been held, once a person has decided."""
