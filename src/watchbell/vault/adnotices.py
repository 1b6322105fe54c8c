"""The transparency notices of ads and what sponsors declare for them, version by version; none is ever changed."""

from datetime import datetime

from sqlalchemy import Connection, Row, insert, select
from sqlalchemy.exc import IntegrityError

from watchbell.errors import UsageError
from watchbell.model.ads import Declaration
from watchbell.model.notices import DeclaredVersion, NoticeVersion, TransparencyNotice
from watchbell.vault.database import Database
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema_library import ad_declarations, ad_notices


class AdNoticeShelf:
    """The transparency notices of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def keep(self, notice: TransparencyNotice, at: datetime) -> NoticeVersion:
        """Keep a notice as the version that stands from now on; return the last one where it says the same."""
        with self._database.read() as connection:
            last = _last(connection, notice.ad_id)
        if last is not None and last.notice == notice:
            return last
        kept = NoticeVersion(number=last.number + 1 if last else 1, at=at, notice=notice)
        row = {"ad_id": notice.ad_id, "number": kept.number, "at": at, "record": notice.model_dump_json()}
        try:
            with self._database.write() as connection:
                connection.execute(insert(ad_notices), [row])
        except IntegrityError:
            # Somebody else kept a version meanwhile.
            return self.keep(notice, at)
        return kept

    def versions(self, ad_id: str) -> list[NoticeVersion]:
        """Return all versions of an ad's notice, the one that stands first."""
        query = select(ad_notices).where(ad_notices.c.ad_id == ad_id).order_by(ad_notices.c.number.desc())
        with self._database.read() as connection:
            return [_version(row) for row in connection.execute(query)]

    def declare(self, ad_id: str, declaration: Declaration, entry: Entry) -> DeclaredVersion:
        """Keep what is declared of an ad from now on, and write the entry; return the last where it says the same.

        Raises:
            UsageError: somebody declared something else at the same moment.
        """
        last = next(iter(self.declared(ad_id)), None)
        if last is not None and last.declaration == declaration:
            return last
        kept = DeclaredVersion(
            number=last.number + 1 if last else 1, at=entry.at, by=entry.actor, declaration=declaration
        )
        row = {"ad_id": ad_id, "number": kept.number, "at": kept.at, "record": kept.model_dump_json()}
        try:
            with self._database.write() as connection:
                connection.execute(insert(ad_declarations), [row])
                write(connection, entry)
        except IntegrityError as error:
            raise UsageError(
                "Somebody declared something of this ad meanwhile. Look at it, and send yours again."
            ) from error
        return kept

    def declared(self, ad_id: str) -> list[DeclaredVersion]:
        """Return all that was declared of an ad, what stands first."""
        table = ad_declarations
        query = select(table.c.record).where(table.c.ad_id == ad_id).order_by(table.c.number.desc())
        with self._database.read() as connection:
            return [DeclaredVersion.model_validate_json(record) for record in connection.scalars(query)]


def _last(connection: Connection, ad_id: str) -> NoticeVersion | None:
    query = select(ad_notices).where(ad_notices.c.ad_id == ad_id).order_by(ad_notices.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _version(row)


def _version(row: Row[tuple[str, int, datetime, str]]) -> NoticeVersion:
    return NoticeVersion(number=row.number, at=row.at, notice=TransparencyNotice.model_validate_json(row.record))
