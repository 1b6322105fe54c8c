"""Which ads are whose: the accounts from which an advertiser's ads run, and the advertiser behind an ad."""

from enum import StrEnum

from watchbell.model.record import Record, UtcDatetime


class AdAccount(Record):
    """An account or page from which an advertiser's ads run. It is one advertiser's only."""

    platform: str
    account: str
    """Its id on the platform where ads carry one (`Ad.account_id`), else the name that they run under."""
    advertiser_id: str
    bound_at: UtcDatetime
    bound_by: str


class PaidAd(Record):
    """An ad, the advertiser whose it is, and the disclaimer that it runs under."""

    ad_id: str
    advertiser_id: str
    disclaimer_id: str | None = None
    """None: it ran from their account under no words of theirs."""


class AccountFace(Record):
    """What an account showed of itself, and since when: its name, and the countries its administrators are in."""

    platform: str
    account: str
    name: str
    countries: tuple[str, ...] = ()
    """Sorted; empty where the source does not tell."""
    first_at: UtcDatetime


class Delivery(StrEnum):
    """Whether an ad runs."""

    RUNS = "runs"
    ENDED = "ended"
    """It had its time."""
    HELD = "held"
    """A person must decide first."""
    PAUSED = "paused"
    """Its advertiser's evidence has lapsed; shown again, it runs at once and nobody reviews it anew."""
    STOPPED = "stopped"
    """It broke a rule."""
    UNDISCLOSED = "undisclosed"
    """It ran without saying who paid, and was stopped."""
