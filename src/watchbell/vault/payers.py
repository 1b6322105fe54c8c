"""Which ads are whose: advertisers' accounts, the ads that they pay for, and what accounts show of themselves."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, delete, select

from watchbell.errors import UsageError
from watchbell.model.payers import AccountFace, AdAccount, PaidAd
from watchbell.vault.columns import folded
from watchbell.vault.database import IDS_AT_ONCE, Database, batches, insert_new, insert_or_replace
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema_advertisers import account_faces, ad_accounts, paid_ads


class PayerShelf:
    """The accounts and paid ads of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def bind(self, account: AdAccount, entry: Entry) -> bool:
        """Bind an account to an advertiser, and write the entry; return whether it is new.

        Raises:
            UsageError: the account is another advertiser's.
        """
        key = _key(account.platform, account.account)
        row = key | {"advertiser_id": account.advertiser_id, "record": account.model_dump_json()}
        with self._database.write() as connection:
            new = insert_new(connection, ad_accounts, [row]) > 0
            holder = connection.scalar(select(ad_accounts.c.advertiser_id).where(_is(key)))
            if holder != account.advertiser_id:
                raise UsageError(f"The account {account.account} is bound to another advertiser, {holder}.")
            if new:
                write(connection, entry)
        return new

    def unbind(self, platform: str, account: str, entry: Entry) -> bool:
        """Take an account from its advertiser, and write the entry; return whether it was bound."""
        with self._database.write() as connection:
            gone = connection.execute(delete(ad_accounts).where(_is(_key(platform, account)))).rowcount > 0
            if gone:
                write(connection, entry)
        return gone

    def accounts(self, advertiser_id: str | None = None) -> list[AdAccount]:
        """Return the accounts of an advertiser, or of all, in the order of platform and account."""
        query = select(ad_accounts.c.record).order_by(ad_accounts.c.platform, ad_accounts.c.account)
        if advertiser_id is not None:
            query = query.where(ad_accounts.c.advertiser_id == advertiser_id)
        with self._database.read() as connection:
            return [AdAccount.model_validate_json(record) for record in connection.scalars(query)]

    def link(self, looked_at: Iterable[str], paid: Iterable[PaidAd]) -> None:
        """Keep which of the ads that were looked at are whose; the others are nobody's."""
        rows = [
            {"ad_id": one.ad_id, "advertiser_id": one.advertiser_id, "record": one.model_dump_json()} for one in paid
        ]
        whose = {row["ad_id"] for row in rows}
        with self._database.write() as connection:
            for batch in batches((ad_id for ad_id in looked_at if ad_id not in whose), IDS_AT_ONCE):
                connection.execute(delete(paid_ads).where(paid_ads.c.ad_id.in_(batch)))
            if rows:
                insert_or_replace(connection, paid_ads, rows)

    def of_ads(self, ad_ids: Sequence[str]) -> dict[str, PaidAd]:
        """Return whose these ads are, by the ads' ids; up to `IDS_AT_ONCE`."""
        query = select(paid_ads.c.record).where(paid_ads.c.ad_id.in_(ad_ids))
        with self._database.read() as connection:
            found = [PaidAd.model_validate_json(record) for record in connection.scalars(query)]
        return {one.ad_id: one for one in found}

    def ads_of(self, advertiser_id: str, limit: int = 500) -> list[PaidAd]:
        """Return an advertiser's ads in the order of their ids."""
        mine = paid_ads.c.advertiser_id == advertiser_id
        query = select(paid_ads.c.record).where(mine).order_by(paid_ads.c.ad_id).limit(limit)
        with self._database.read() as connection:
            return [PaidAd.model_validate_json(record) for record in connection.scalars(query)]

    def see(self, faces: Iterable[AccountFace]) -> None:
        """Keep what accounts show of themselves; of the same face, the first time counts."""
        rows = [_face_row(face) for face in faces]
        if not rows:
            return
        with self._database.write() as connection:
            insert_or_replace(
                connection, account_faces, rows, when=lambda newcomer: newcomer.first_at < account_faces.c.first_at
            )

    def faces(self, platform: str, account: str) -> list[AccountFace]:
        """Return what an account showed of itself, the first first."""
        table = account_faces
        mine = (table.c.platform == folded(platform)) & (table.c.account == folded(account))
        with self._database.read() as connection:
            rows = connection.execute(select(table).where(mine).order_by(table.c.first_at, table.c.name)).all()
        return [AccountFace.model_validate(row._asdict() | {"countries": tuple(row.countries.split())}) for row in rows]


def _key(platform: str, account: str) -> dict[str, str]:
    return {"platform": folded(platform), "account": folded(account)}


def _is(key: dict[str, str]) -> ColumnElement[bool]:
    return and_(ad_accounts.c.platform == key["platform"], ad_accounts.c.account == key["account"])


def _face_row(face: AccountFace) -> dict[str, object]:
    key = _key(face.platform, face.account)
    return key | {"name": face.name, "countries": " ".join(face.countries), "first_at": face.first_at}
