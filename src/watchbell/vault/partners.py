"""Partners who share with us."""

from sqlalchemy import select

from watchbell.model.partners import Partner
from watchbell.vault.database import Database, insert_or_replace
from watchbell.vault.schema import partners


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
