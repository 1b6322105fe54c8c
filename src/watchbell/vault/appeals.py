"""Appeals against decisions on ads; each step leaves an entry in the ledger."""

from sqlalchemy import select, update

from watchbell.errors import UsageError
from watchbell.model.ads import AdDecision
from watchbell.model.appeals import Appeal, AppealState
from watchbell.vault.ads import sign
from watchbell.vault.database import Database, insert_new
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema_advertisers import appeals

ANSWERED = "This appeal has been answered."


class AppealShelf:
    """The appeals of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def open(self, appeal: Appeal, entry: Entry) -> bool:
        """Add the appeal, unless there is one against the same decision; return whether it is new."""
        with self._database.write() as connection:
            new = insert_new(connection, appeals, [_row(appeal)]) > 0
            if new:
                write(connection, entry)
        return new

    def answer(self, appeal: Appeal, entry: Entry, granted: AdDecision | None = None) -> None:
        """Put the answered appeal in the place of the open one, with the decision that grants it and the entry.

        All is kept, or nothing.

        Raises:
            UsageError: somebody answered it before, or the decision cannot be kept (see `AdShelf.sign`).
        """
        waits = (appeals.c.id == appeal.id) & (appeals.c.state == AppealState.OPEN)
        with self._database.write() as connection:
            if connection.execute(update(appeals).where(waits).values(_row(appeal))).rowcount == 0:
                raise UsageError(ANSWERED)
            if granted is not None:
                sign(connection, granted)
            write(connection, entry)

    def reopen(self, appeal: Appeal, entry: Entry, before: AdDecision | None = None) -> None:
        """Put the open appeal in the place of the answered one, with the decision that stands again and the entry.

        All is kept, or nothing.

        Raises:
            UsageError: it is open already, or the decision cannot be kept (see `AdShelf.sign`).
        """
        answered = (appeals.c.id == appeal.id) & (appeals.c.state != AppealState.OPEN)
        with self._database.write() as connection:
            if connection.execute(update(appeals).where(answered).values(_row(appeal))).rowcount == 0:
                raise UsageError("This appeal waits already.")
            if before is not None:
                sign(connection, before)
            write(connection, entry)

    def get(self, appeal_id: str) -> Appeal | None:
        """Return the appeal, or None if there is none of that id."""
        with self._database.read() as connection:
            record = connection.scalar(select(appeals.c.record).where(appeals.c.id == appeal_id))
        return None if record is None else Appeal.model_validate_json(record)

    def all(self, state: AppealState | None = None) -> list[Appeal]:
        """Return the appeals, or those of one state, the first opened first."""
        query = select(appeals.c.record).order_by(appeals.c.opened_at, appeals.c.id)
        if state is not None:
            query = query.where(appeals.c.state == state)
        with self._database.read() as connection:
            return [Appeal.model_validate_json(record) for record in connection.scalars(query)]

    def about(self, ad_id: str) -> list[Appeal]:
        """Return the appeals about an ad, the first opened first."""
        query = select(appeals.c.record).where(appeals.c.ad_id == ad_id)
        with self._database.read() as connection:
            records = connection.scalars(query.order_by(appeals.c.opened_at, appeals.c.id))
            return [Appeal.model_validate_json(record) for record in records]


def _row(appeal: Appeal) -> dict[str, object]:
    row = {"id": appeal.id, "ad_id": appeal.ad_id, "state": appeal.state, "opened_at": appeal.opened_at}
    return row | {"record": appeal.model_dump_json()}
