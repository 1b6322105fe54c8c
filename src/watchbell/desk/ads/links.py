"""Ads linked to whoever pays for them, as they are reviewed."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from watchbell.ads.payers.bound import PayerBook, face_of, judged_anew, platforms_of
from watchbell.model.ads import FIRST_PASS, Ad, AdDecision
from watchbell.settings import Settings
from watchbell.vault.vault import Vault


class Linked(NamedTuple):
    """What linking changed."""

    ads: int
    """Looked at."""
    paid: int
    """Of which an advertiser is known."""
    decided: int
    """Decided anew, because who may say that they paid is another."""


def payer_book(vault: Vault, settings: Settings) -> PayerBook:
    """Return whose words and accounts are whose, as of now."""
    return PayerBook(vault.advertisers.disclaimers(), vault.payers.accounts(), all_bound=settings.payers_bound)


def link_reviewed(vault: Vault, book: PayerBook, reviewed: Iterable[tuple[Ad, AdDecision]], now: datetime) -> Linked:
    """Keep whose ads are whose, and what their accounts show; hold or release what only the payer's part decides.

    A decision that a person took stands.
    """
    told = list(reviewed)
    whose = [(ad, decision, book.whose(ad, decision.disclaimer)) for ad, decision in told]
    paid = [found.paid for _, _, found in whose if found.paid is not None]
    vault.payers.link([ad.id for ad, _ in told], paid)
    vault.payers.see(
        face for ad, _ in told for platform in platforms_of(ad) if (face := face_of(ad, platform, now)) is not None
    )
    anew = [(one, judged_anew(one, found.findings)) for _, one, found in whose if one.decided_by == FIRST_PASS]
    other = [new.model_copy(update={"decided_at": now}) for one, new in anew if new is not one]
    vault.ads.decide(other)
    return Linked(len(told), len(paid), len(other))
