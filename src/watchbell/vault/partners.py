"""Partners who share with us, and the trust groups they are in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select

from watchbell.model.audiences import Audience
from watchbell.model.partners import Membership, Partner, TrustGroup
from watchbell.vault.database import Database, insert_or_replace
from watchbell.vault.schema import partners
from watchbell.vault.schema_exchange import memberships, trust_groups


class PartnerShelf:
    """The partners of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def put(self, partner: Partner) -> None:
        """Add the partner, in the place of one with the same id."""
        with self._database.write() as connection:
            insert_or_replace(connection, partners, [{"id": partner.id, "record": partner.model_dump_json()}])

    def get(self, partner_id: str) -> Partner | None:
        """Return the partner, or None if there is none of that id."""
        with self._database.read() as connection:
            record = connection.scalar(select(partners.c.record).where(partners.c.id == partner_id))
        return None if record is None else Partner.model_validate_json(record)

    def all(self) -> list[Partner]:
        """Return the partners in the order of their ids."""
        with self._database.read() as connection:
            records = connection.scalars(select(partners.c.record).order_by(partners.c.id))
            return [Partner.model_validate_json(record) for record in records]

    def audience(self, partner: Partner, now: datetime) -> Audience:
        """Return what the partner may hear now: by itself, and in the groups where its agreement is in force."""
        held = self.memberships(partner.id, now)
        return Audience(partner.clearance, {place.group_id: place.clearance for place in held})

    def put_group(self, group: TrustGroup) -> None:
        """Add the trust group, in the place of one with the same id."""
        with self._database.write() as connection:
            insert_or_replace(connection, trust_groups, [{"id": group.id, "record": group.model_dump_json()}])

    def groups(self) -> list[TrustGroup]:
        """Return the trust groups in the order of their ids."""
        with self._database.read() as connection:
            records = connection.scalars(select(trust_groups.c.record).order_by(trust_groups.c.id))
            return [TrustGroup.model_validate_json(record) for record in records]

    def put_membership(self, membership: Membership) -> None:
        """Give the partner its place in the group, instead of the one it had there."""
        row = membership.model_dump(include={"partner_id", "group_id", "begins_at", "ends_at"})
        with self._database.write() as connection:
            insert_or_replace(connection, memberships, [row | {"record": membership.model_dump_json()}])

    def end_membership(self, partner_id: str, group_id: str) -> bool:
        """Take the partner out of the group; return whether it was in it."""
        where = (memberships.c.partner_id == partner_id, memberships.c.group_id == group_id)
        with self._database.write() as connection:
            return connection.execute(delete(memberships).where(*where)).rowcount > 0

    def memberships(self, partner_id: str | None = None, now: datetime | None = None) -> list[Membership]:
        """Return the places of one partner, or of all, by group; with `now`, those in force at that moment."""
        query = select(memberships.c.record).order_by(memberships.c.group_id, memberships.c.partner_id)
        if partner_id is not None:
            query = query.where(memberships.c.partner_id == partner_id)
        if now is not None:
            query = query.where(in_force(now))
        with self._database.read() as connection:
            return [Membership.model_validate_json(record) for record in connection.scalars(query)]


def in_force(now: Any) -> ColumnElement[bool]:
    """Return the condition that a membership has begun and not ended."""
    return and_(memberships.c.begins_at <= now, or_(memberships.c.ends_at.is_(None), memberships.c.ends_at > now))
