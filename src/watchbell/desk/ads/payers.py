"""Whose ads are whose at the desk: accounts bound to advertisers, ads linked to who pays, and whether they run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import NamedTuple

from watchbell.ads.advertisers.authorization import Standing
from watchbell.ads.payers.bound import changed, delivery, platforms_of
from watchbell.ads.readers.faces import read_faces
from watchbell.desk.ads.links import Linked, link_reviewed, payer_book
from watchbell.desk.advertisers.evidence_checks import storable
from watchbell.desk.advertisers.office import Office
from watchbell.desk.advertisers.steps import standing_of, status
from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.errors import NothingUsableError, UsageError
from watchbell.files import Reject, write_rejects
from watchbell.model.ads import Ad, AdDecision
from watchbell.model.advertisers import Advertiser, PayerDisclaimer
from watchbell.model.partners import User
from watchbell.model.payers import AccountFace, AdAccount, Delivery
from watchbell.sources.importing import rejects_file
from watchbell.vault.ads import AdQuery
from watchbell.vault.columns import folded
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault
from watchbell.vault.workspace import Workspace

_LONGEST = 200
# Ads read and linked together.
_AT_ONCE = 1_000


class Change(NamedTuple):
    """What an account showed otherwise from a day on."""

    at: datetime
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PaidView:
    """An ad with whoever pays for it, and whether it runs."""

    ad: Ad
    decision: AdDecision | None
    delivery: Delivery
    advertiser: Advertiser | None = None
    standing: Standing | None = None
    disclaimer: PayerDisclaimer | None = None
    changes: tuple[Change, ...] = ()
    """What its account showed otherwise, the last first."""


def link_library(office: Office, now: datetime) -> Linked:
    """Link all ads of the library anew."""
    return _link(office, office.vault.ads.all(), now)


def bind_account(
    office: Office, advertiser: Advertiser, platform: str, account: str, *, by: User, now: datetime
) -> Linked:
    """Bind an account to an advertiser, and link the ads that run from it.

    Args:
        office: the records.
        advertiser: whose it is.
        platform: as ads write it, such as `facebook`.
        account: its id on the platform where ads carry one, else its name.
        by: who saw that it is theirs.
        now: the present.

    Raises:
        NotAllowedError: the person may not.
        UsageError: it is bound to another advertiser, or has no name.
    """
    demand(by.role, Permission.ADVERTISERS_DECIDE)
    platform, account = _told(platform, "platform"), _told(account, "account")
    bound = AdAccount(
        platform=platform, account=account, advertiser_id=advertiser.id, bound_at=now, bound_by=by.username
    )
    details = {"platform": platform, "account": account}
    office.vault.payers.bind(bound, Entry(by.username, "account.bound", advertiser.id, details, now))
    return link_ads_of(office, advertiser.id, now)


class Faces(NamedTuple):
    """What became of a file that says what accounts showed of themselves."""

    rows: int
    rejected: int
    rejects: Path | None
    """Where the rows are kept that could not be used; None where there are none."""


def import_faces(workspace: Workspace, path: Path, now: datetime, *, by: str) -> Faces:
    """Keep what accounts showed of themselves, out of a log of who manages them or an export; twice changes nothing.

    Raises:
        InputError: the whole file cannot be read.
        NothingUsableError: not one row can be used.
    """
    seen, place = 0, rejects_file(workspace.rejects, path)

    def kept(items: Iterator[AccountFace | Reject]) -> Iterator[Reject]:
        nonlocal seen
        while batch := list(islice(items, _AT_ONCE)):
            faces = [one for one in batch if isinstance(one, AccountFace)]
            # Of one face in one write the first time counts, as it does of two writes.
            first = {_one_face(one): one for one in sorted(faces, key=lambda face: face.first_at, reverse=True)}
            workspace.vault.payers.see(first.values())
            seen += len(faces)
            yield from (one for one in batch if isinstance(one, Reject))

    rejected = write_rejects(place, kept(read_faces(path)))
    if not seen:
        raise NothingUsableError(f"Not one row of {path} says what an account showed; {place} says why.")
    workspace.vault.ledger.append(by, "accounts.seen", path.name, {"rows": seen, "rejected": rejected}, now)
    return Faces(seen, rejected, place if rejected else None)


def _one_face(face: AccountFace) -> tuple[str, str, str, tuple[str, ...]]:
    return folded(face.platform), folded(face.account), face.name, face.countries


def unbind_account(
    office: Office, advertiser: Advertiser, platform: str, account: str, *, by: User, now: datetime
) -> Linked:
    """Take an account from an advertiser; their words on its ads are then somebody else's claim.

    Raises:
        NotAllowedError: the person may not.
        UsageError: it is not bound to them.
    """
    demand(by.role, Permission.ADVERTISERS_DECIDE)
    mine = {(one.platform, one.account) for one in office.vault.payers.accounts(advertiser.id)}
    if (platform, account) not in mine:
        raise UsageError(f"The account {account} on {platform} is not bound to this advertiser.")
    ads = list(_ads_about(office.vault, advertiser.id))
    details = {"platform": platform, "account": account}
    office.vault.payers.unbind(platform, account, Entry(by.username, "account.unbound", advertiser.id, details, now))
    return _link(office, ads, now)


def link_ads_of(office: Office, advertiser_id: str, now: datetime) -> Linked:
    """Link the ads that bear an advertiser's name or run from their accounts."""
    return _link(office, _ads_about(office.vault, advertiser_id), now)


def ads_of(office: Office, advertiser: Advertiser, now: datetime) -> list[PaidView]:
    """Return an advertiser's ads, and whether they run; those that began last first."""
    given = office.vault.advertisers.evidence(advertiser.id)
    words = {one.id: one for one in office.vault.advertisers.disclaimers(advertiser.id)}
    found = []
    standings: dict[str | None, Standing] = {}
    for paid in office.vault.payers.ads_of(advertiser.id):
        ad = office.vault.ads.get(paid.ad_id)
        if ad is not None:
            if ad.country not in standings:
                standings[ad.country] = standing_of(office, advertiser, given, now, ad.country)
            standing, decision = standings[ad.country], office.vault.ads.decision(ad.id)
            runs = delivery(ad, decision, now, may_run=standing.may_run)
            found.append(PaidView(ad, decision, runs, advertiser, standing, words.get(paid.disclaimer_id or "")))
    return sorted(found, key=lambda one: (one.ad.started_at is not None, one.ad.started_at, one.ad.id), reverse=True)


def paid_view(office: Office, ad: Ad, decision: AdDecision | None, now: datetime) -> PaidView:
    """Return who pays for an ad, whether it runs, and what its account showed otherwise."""
    paid = None if ad.content_hidden else office.vault.payers.of_ads([ad.id]).get(ad.id)
    advertiser = office.vault.advertisers.get(paid.advertiser_id) if paid else None
    standing = status(office, advertiser, now, ad.country) if advertiser else None
    mine = office.vault.advertisers.disclaimers(advertiser.id) if advertiser else []
    return PaidView(
        ad=ad,
        decision=decision,
        delivery=delivery(ad, decision, now, may_run=standing is None or standing.may_run),
        advertiser=advertiser,
        standing=standing,
        disclaimer=next((one for one in mine if paid is not None and one.id == paid.disclaimer_id), None),
        changes=changes_of(office.vault, platforms_of(ad)[0], ad.account_id) if ad.account_id else (),
    )


def changes_of(vault: Vault, platform: str, account: str) -> tuple[Change, ...]:
    """Return what an account showed otherwise from one day to the next, the last first."""
    found = [
        Change(after.first_at, what, was, now_is)
        for before, after in pairwise(vault.payers.faces(platform, account))
        for what, (was, now_is) in changed(before, after).items()
    ]
    return tuple(reversed(found))


def _link(office: Office, ads: Iterable[Ad], now: datetime) -> Linked:
    vault, book, rest = office.vault, payer_book(office.vault, office.settings), iter(ads)
    total = Linked(0, 0, 0)
    while batch := list(islice(rest, _AT_ONCE)):
        standing = ((ad, vault.ads.decision(ad.id)) for ad in batch)
        reviewed = [(ad, decision) for ad, decision in standing if decision is not None]
        done = link_reviewed(vault, book, reviewed, now)
        total = Linked(*(sum(pair) for pair in zip(total, done, strict=True)))
    return total


def _ads_about(vault: Vault, advertiser_id: str) -> Iterator[Ad]:
    """Yield the ads that bear an advertiser's name, run from their accounts, or are linked to them, each once."""
    accounts = vault.payers.accounts(advertiser_id)
    pages = {face.name for one in accounts for face in vault.payers.faces(one.platform, one.account)}
    names = pages | {one.account for one in accounts}
    names |= {one.payer for one in vault.advertisers.disclaimers(advertiser_id)}
    linked = (vault.ads.get(one.ad_id) for one in vault.payers.ads_of(advertiser_id))
    found = chain((ad for ad in linked if ad is not None), *(_named(vault, name) for name in names if name))
    yield from {ad.id: ad for ad in found}.values()


def _named(vault: Vault, name: str) -> Iterator[Ad]:
    """Yield the ads that have a name in their text, page, payer or disclaimer."""
    query = AdQuery(text=name[:_LONGEST], limit=_AT_ONCE)
    page = vault.ads.search(query)
    yield from (ad for ad, _ in page.ads)
    while page.next_cursor is not None:
        page = vault.ads.search(query.model_copy(update={"cursor": page.next_cursor}))
        yield from (ad for ad, _ in page.ads)


def _told(text: str, what: str) -> str:
    told = " ".join(worded(storable(text), what).split())
    if len(told) > _LONGEST:
        raise UsageError(f"The {what} is longer than {_LONGEST} characters. Shorten it.")
    return told
