"""What readers of the library say is wrong with an ad, and what we answer."""

from enum import StrEnum

from pydantic import Field

from watchbell.model.record import Record, UtcDatetime


class FlagReason(StrEnum):
    """What is said to be wrong. Each is about a rule; none is about whether a political claim is true."""

    NOT_LABELLED = "not_labelled"
    """A political ad that is not shown as one, or does not say who paid."""
    WRONG_PAYER = "wrong_payer"
    MISLEADS_VOTERS = "misleads_voters"
    """It misleads people about when, where or how to vote, or keeps them from it."""
    TARGETING = "targeting"
    """It was aimed at people by what may not be used."""
    NOT_POLITICAL = "not_political"
    MISSING_FACTS = "missing_facts"
    """The library lacks something about it, or has it wrong."""
    OTHER = "other"


class FlagState(StrEnum):
    """Where a flag stands."""

    OPEN = "open"
    UPHELD = "upheld"
    """The flag is right, and something is done."""
    REFUSED = "refused"
    """The ad stands as it is."""


class AdFlag(Record):
    """One flag. Nobody needs an account to raise one, nor to say who they are."""

    id: str
    """Drawn at random: whoever raised it finds the answer by it, and nobody else can guess it."""
    ad_id: str
    reason: FlagReason
    words: str = Field(max_length=4000)
    """What the reader says, in their words; never shown to the public."""
    name: str | None = Field(default=None, max_length=200)
    """Who they say they are, if they wish. Forgotten with the address, or with the answer where there is none."""
    email: str | None = None
    """Where the answer goes. Forgotten once it has gone."""
    made_at: UtcDatetime
    due_at: UtcDatetime
    due_by: str
    """Which rule sets the time."""
    received_at: UtcDatetime | None = None
    """When an e-mail confirmed that it came in; None where no address was left, or none could be sent."""
    state: FlagState = FlagState.OPEN
    answer: str | None = None
    answered_at: UtcDatetime | None = None
    answered_by: str | None = None
    told_at: UtcDatetime | None = None
    """When the answer went to the address; None where there was none, or it could not be sent."""

    @property
    def answered_late(self) -> bool:
        """Whether the answer came after its time."""
        return self.answered_at is not None and self.answered_at > self.due_at
