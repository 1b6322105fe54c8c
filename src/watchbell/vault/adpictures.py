"""The pictures of ads: what is known of them, and which ads show nearly the same one."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from watchbell.model.ads import Ad, Picture
from watchbell.vault.database import IDS_AT_ONCE, Database, batches, insert_new
from watchbell.vault.schema import ads
from watchbell.vault.schema_library import ad_picture_likeness

# How a record with a picture looks as JSON text: others need not be read.
_HAS_PICTURES = '%"pictures":[{%'


class AdPictures:
    """What the vault knows of the pictures of its ads."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def of_ads(self, ad_ids: Iterable[str]) -> dict[str, tuple[Picture, ...]]:
        """Return the pictures of those of these ads that have any."""
        found: dict[str, tuple[Picture, ...]] = {}
        with self._database.read() as connection:
            for some in batches(ad_ids, IDS_AT_ONCE):
                query = select(ads.c.record).where(ads.c.id.in_(some), ads.c.record.like(_HAS_PICTURES))
                for ad in map(Ad.model_validate_json, connection.scalars(query)):
                    found[ad.id] = ad.pictures
        return found

    def hashed(self) -> list[tuple[str, str, str]]:
        """Return ad, SHA-256 and PDQ hash of every picture that has both."""
        query = select(ads.c.record).where(ads.c.record.like(_HAS_PICTURES)).order_by(ads.c.id)
        with self._database.read() as connection:
            told = [Ad.model_validate_json(record) for record in connection.scalars(query)]
        return [(ad.id, one.sha256, one.pdq) for ad in told for one in ad.pictures if one.sha256 and one.pdq]

    def put_groups(self, members: Iterable[tuple[str, str]]) -> None:
        """Keep which groups each ad is in, in the place of what was kept before.

        Args:
            members: ads with a group that they are in, whose id is the SHA-256 of one of its pictures.
        """
        rows = [{"ad_id": ad_id, "group_id": group_id} for ad_id, group_id in sorted(set(members))]
        with self._database.write() as connection:
            connection.execute(delete(ad_picture_likeness))
            for batch in batches(rows):
                insert_new(connection, ad_picture_likeness, batch)

    def alike(self, ad_id: str) -> list[Ad]:
        """Return the other ads of the ad's groups, in the order of their ids."""
        table = ad_picture_likeness
        groups = select(table.c.group_id).where(table.c.ad_id == ad_id)
        others = select(table.c.ad_id).where(table.c.group_id.in_(groups), table.c.ad_id != ad_id)
        query = select(ads.c.record).where(ads.c.id.in_(others)).order_by(ads.c.id)
        with self._database.read() as connection:
            return [Ad.model_validate_json(record) for record in connection.scalars(query)]

    def groups_of(self, ad_ids: Iterable[str]) -> dict[str, list[str]]:
        """Return the groups of each of these ads that is in one."""
        table, found = ad_picture_likeness, dict[str, list[str]]()
        with self._database.read() as connection:
            for some in batches(ad_ids, IDS_AT_ONCE):
                query = select(table.c.ad_id, table.c.group_id).where(table.c.ad_id.in_(some))
                for row in connection.execute(query.order_by(table.c.ad_id, table.c.group_id)):
                    found.setdefault(row.ad_id, []).append(row.group_id)
        return found


def forget_picture_likeness(connection: Connection, ad_id: str) -> None:
    """Take an ad out of its groups within the caller's transaction."""
    connection.execute(delete(ad_picture_likeness).where(ad_picture_likeness.c.ad_id == ad_id))
