"""Partners' webhooks, and how far each was told."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, true, update

from watchbell.model.webhooks import Webhook
from watchbell.vault.database import Database, insert_or_replace
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema_exchange import webhooks

# A round of messages to one webhook ends sooner; whoever has not finished after this is dead.
CLAIM = timedelta(minutes=30)


class WebhookShelf:
    """The webhooks of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def put(self, webhook: Webhook, entry: Entry) -> None:
        """Add the webhook, in the place of the one of its id, and its entry in the ledger: both or neither."""
        row = {"id": webhook.id, "partner_id": webhook.partner_id, "record": webhook.model_dump_json()}
        with self._database.write() as connection:
            insert_or_replace(connection, webhooks, [row])
            write(connection, entry)

    def keep(self, webhook: Webhook) -> bool:
        """Keep how far the telling has come; False where the webhook was taken away meanwhile."""
        with self._database.write() as connection:
            statement = update(webhooks).where(webhooks.c.id == webhook.id)
            return connection.execute(statement.values(record=webhook.model_dump_json())).rowcount > 0

    def remove(self, webhook_id: str, entry: Entry) -> None:
        """Take the webhook away."""
        with self._database.write() as connection:
            connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id))
            write(connection, entry)

    def get(self, webhook_id: str) -> Webhook | None:
        """Return the webhook, or None if there is none of that id."""
        found = self._where(webhooks.c.id == webhook_id)
        return found[0] if found else None

    def of_partner(self, partner_id: str) -> list[Webhook]:
        """Return a partner's webhooks in the order of their ids."""
        return self._where(webhooks.c.partner_id == partner_id)

    def all(self) -> list[Webhook]:
        """Return the webhooks in the order of their ids."""
        return self._where(true())

    def claim(self, webhook_id: str, now: datetime) -> bool:
        """Take the telling of a webhook over; False where somebody else is at it."""
        free = or_(webhooks.c.claimed_until.is_(None), webhooks.c.claimed_until <= now)
        return self._set_claim(now + CLAIM, webhooks.c.id == webhook_id, free)

    def let_go(self, webhook_id: str) -> None:
        """Let others tell the webhook again."""
        self._set_claim(None, webhooks.c.id == webhook_id)

    def _set_claim(self, until: datetime | None, *where: ColumnElement[bool]) -> bool:
        with self._database.write() as connection:
            return connection.execute(update(webhooks).where(*where).values(claimed_until=until)).rowcount > 0

    def _where(self, condition: Any) -> list[Webhook]:
        query = select(webhooks.c.record).where(condition).order_by(webhooks.c.id)
        with self._database.read() as connection:
            return [Webhook.model_validate_json(record) for record in connection.scalars(query)]
