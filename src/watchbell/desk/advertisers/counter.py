"""The counter: what an advertiser's person does at the desk, with their own records and no others'."""

from datetime import datetime, timedelta
from typing import NamedTuple

from watchbell.desk.advertisers.evidence_checks import Shown
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.registers import looked_up
from watchbell.desk.advertisers.steps import Receipt, add_advertiser, confirm_website, drafted_advertiser, give
from watchbell.desk.advertisers.website_marks import published_marks
from watchbell.errors import UsageError
from watchbell.model.advertiser_accounts import AdvertiserAccount
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceKind

MOST_ADVERTISERS = 50
"""Of one account; an agency has as many clients."""
MOST_A_DAY = 10
"""Pieces of evidence for one step in a day: each may send a letter, a text message or an e-mail to somebody."""


class Application(NamedTuple):
    """Which way somebody chooses to be authorised."""

    jurisdiction: str
    route: str
    organisation: str | None = None


def own_advertiser(office: Office, account: AdvertiserAccount, advertiser_id: str) -> Advertiser | None:
    """Return an advertiser of the account; None if there is none of this id, or it is another's."""
    mine = office.vault.advertisers.of_account(account.id)
    return next((one for one in mine if one.id == advertiser_id), None)


def apply(office: Office, account: AdvertiserAccount, wanted: Application, now: datetime) -> Advertiser:
    """Add an advertiser of the account; its person is the account's, so that the name is told once.

    Raises:
        UsageError: the way does not exist or does not suit, the name cannot be used, it is there already, or there are
            too many.
    """
    mine = office.vault.advertisers.of_account(account.id)
    if len(mine) >= MOST_ADVERTISERS:
        raise UsageError(f"An account has at most {MOST_ADVERTISERS} advertisers. Ask us for another account.")
    told = {"person": account.person, "email": account.email, "organisation": wanted.organisation or None}
    told |= {"jurisdiction": wanted.jurisdiction, "route": wanted.route}
    drafted = drafted_advertiser(told, now, account_id=account.id)
    if any(one.id == drafted.id for one in mine):
        raise UsageError("You have chosen this way for this organisation already.")
    return add_advertiser(office, drafted, by=account.id, account_id=account.id)


def show(
    office: Office, account: AdvertiserAccount, advertiser: Advertiser, step: str, shown: Shown, now: datetime
) -> Receipt:
    """Take in what is shown for a step, looked up in the registers of the settings.

    Raises:
        UsageError: something is missing, a register is, or too much was shown today.
        NotSentError: its code could not be sent.
    """
    since = now - timedelta(days=1)
    given = [one for one in office.vault.advertisers.evidence(advertiser.id) if one.step == step]
    if sum(one.given_at > since for one in given) >= MOST_A_DAY:
        raise UsageError(f"Something was shown for this step {MOST_A_DAY} times within a day. Go on tomorrow.")
    return give(office, advertiser, step, _looked_up(office, shown), by=account.id, now=now)


def look_for_website(office: Office, advertiser: Advertiser, step: str, now: datetime) -> Evidence:
    """Look for the code that a website's domain publishes.

    Raises:
        UsageError: nothing waits for it, it is not there, or nobody answers.
    """
    servers = office.settings.name_servers
    return confirm_website(office, advertiser, step, lambda website: published_marks(website, servers), now)


def _looked_up(office: Office, shown: Shown) -> Shown:
    """Return what is shown with the registers that its checker needs."""
    found = looked_up(shown, office.settings)
    if found.kind in _REGISTERED and found.register is None and found.domains is None:
        raise UsageError(
            f"{office.settings.operator} has not set up the register in which this is looked up. Ask them."
        )
    return found


_REGISTERED = frozenset({EvidenceKind.COMMITTEE, EvidenceKind.GOVERNMENT_DOMAIN})
