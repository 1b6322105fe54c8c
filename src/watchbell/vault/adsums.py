"""What the library's public pages ask of all ads at once: who pays, all ads of a payer, which ads are alike."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from watchbell.model.ads import Ad, Verdict
from watchbell.vault.columns import folded
from watchbell.vault.database import IDS_AT_ONCE, Database, batches, insert_or_replace
from watchbell.vault.schema import ad_decisions, ads
from watchbell.vault.schema_library import ad_likeness

_LAST = "\U0010ffff"
"""Sorts behind every letter."""


class PayerRow(NamedTuple):
    """A payer, as one ad writes the name, and in how many records it stands."""

    key: str
    """The name without differences of case: what tells one payer from another."""
    name: str
    records: int


class AdSums:
    """Questions about many ads of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def payers(self, begins: str = "", after: str = "", limit: int = 50) -> list[PayerRow]:
        """Return payers in the order of their keys: those that begin with a text, behind the key `after`."""
        start = folded(begins)
        query = select(ads.c.payer, func.count().label("records"), func.min(ads.c.id).label("one"))
        query = query.where(ads.c.payer > after, ads.c.payer >= start, ads.c.payer < start + _LAST)
        query = query.group_by(ads.c.payer).order_by(ads.c.payer).limit(limit)
        with self._database.read() as connection:
            found = connection.execute(query).all()
            told = select(ads.c.record).where(ads.c.id.in_([row.one for row in found]))
            names = {ad.id: ad.payer or "" for ad in map(Ad.model_validate_json, connection.scalars(told))}
        return [PayerRow(row.payer, names[row.one], row.records) for row in found]

    def of_payer(self, name: str) -> list[tuple[str, Verdict | None]]:
        """Return all ads that name this payer, as JSON text, and what was decided, in the order of their ids."""
        joined = ads.outerjoin(ad_decisions, ads.c.decision_seq == ad_decisions.c.seq)
        query = select(ads.c.record, ad_decisions.c.verdict).select_from(joined)
        query = query.where(ads.c.payer == folded(name)).order_by(ads.c.id)
        with self._database.read() as connection:
            found = connection.execute(query).all()
        return [(row.record, None if row.verdict is None else Verdict(row.verdict)) for row in found]

    def still_named(self, names: Iterable[str]) -> set[str]:
        """Return those of some payers' names that an ad still bears; at most `IDS_AT_ONCE`."""
        keys = {folded(name): name for name in names}
        query = select(ads.c.payer).where(ads.c.payer.in_(list(keys))).distinct()
        with self._database.read() as connection:
            return {keys[key] for key in connection.scalars(query)}

    def put_likeness(self, groups: Mapping[str, str]) -> None:
        """Keep which group each ad is in, in the place of what was kept before.

        Args:
            groups: the group's id by the ad's; ads that are like no other are not in it.
        """
        with self._database.read() as connection:
            known = set(connection.scalars(select(ad_likeness.c.ad_id)))
        for gone in batches(sorted(known - groups.keys()), IDS_AT_ONCE):
            with self._database.write() as connection:
                connection.execute(delete(ad_likeness).where(ad_likeness.c.ad_id.in_(gone)))
        for batch in batches(sorted(groups.items())):
            with self._database.write() as connection:
                rows = [{"ad_id": ad_id, "group_id": group_id} for ad_id, group_id in batch]
                insert_or_replace(connection, ad_likeness, rows)

    def alike(self, ad_id: str) -> list[Ad]:
        """Return the other ads of the ad's group, in the order of their ids."""
        group = select(ad_likeness.c.group_id).where(ad_likeness.c.ad_id == ad_id).scalar_subquery()
        query = select(ads.c.record).join(ad_likeness, ad_likeness.c.ad_id == ads.c.id)
        query = query.where(ad_likeness.c.group_id == group, ads.c.id != ad_id).order_by(ads.c.id)
        with self._database.read() as connection:
            return [Ad.model_validate_json(record) for record in connection.scalars(query)]

    def groups_of(self, ad_ids: Iterable[str]) -> dict[str, str]:
        """Return the group of each of these ads that is in one."""
        found: dict[str, str] = {}
        with self._database.read() as connection:
            for some in batches(ad_ids, IDS_AT_ONCE):
                query = select(ad_likeness.c.ad_id, ad_likeness.c.group_id).where(ad_likeness.c.ad_id.in_(some))
                found |= {row.ad_id: row.group_id for row in connection.execute(query)}
        return found


def forget_likeness(connection: Connection, ad_id: str) -> None:
    """Take an ad out of its group within the caller's transaction, and its id off the group where it bears it."""
    table = ad_likeness
    group = connection.scalar(select(table.c.group_id).where(table.c.ad_id == ad_id))
    connection.execute(delete(table).where(table.c.ad_id == ad_id))
    in_group = table.c.group_id == group
    left = list(connection.scalars(select(table.c.ad_id).where(in_group).order_by(table.c.ad_id).limit(2)))
    if len(left) == 1:
        connection.execute(delete(table).where(in_group))
    elif left and group == ad_id:
        connection.execute(update(table).where(in_group).values(group_id=left[0]))
