"""Requests of governments, and releases of what is marked narrowly; each step leaves an entry in the ledger."""

from sqlalchemy import select

from watchbell.errors import UsageError
from watchbell.model.releases import Release, ReleaseState
from watchbell.model.requests import GovernmentRequest, RequestState
from watchbell.vault.database import Database, insert_new, insert_or_replace, lock
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema_feedback import government_requests, releases


class RequestShelf:
    """The governments' requests of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def put(self, request: GovernmentRequest, entry: Entry) -> None:
        """Add the request, in the place of the one of its id, and write the entry: both or neither."""
        row = {"id": request.id, "state": request.state, "received_at": request.received_at}
        with self._database.write() as connection:
            insert_or_replace(connection, government_requests, [row | {"record": request.model_dump_json()}])
            write(connection, entry)

    def get(self, request_id: str) -> GovernmentRequest | None:
        """Return the request, or None if there is none of that id."""
        query = select(government_requests.c.record).where(government_requests.c.id == request_id)
        with self._database.read() as connection:
            record = connection.scalar(query)
        return None if record is None else GovernmentRequest.model_validate_json(record)

    def all(self, state: RequestState | None = None) -> list[GovernmentRequest]:
        """Return the requests, or those of one state, the last received first."""
        table = government_requests
        query = select(table.c.record).order_by(table.c.received_at.desc(), table.c.id)
        if state is not None:
            query = query.where(table.c.state == state)
        with self._database.read() as connection:
            return [GovernmentRequest.model_validate_json(record) for record in connection.scalars(query)]


class ReleaseShelf:
    """The releases of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def ask(self, release: Release, entry: Entry) -> bool:
        """Add the release, unless it has been asked for already; return whether it is new."""
        with self._database.write() as connection:
            new = insert_new(connection, releases, [_row(release)]) > 0
            if new:
                write(connection, entry)
        return new

    def decide(self, release: Release, entry: Entry) -> None:
        """Keep the second person's word.

        Raises:
            UsageError: somebody decided it before.
        """
        with self._database.write() as connection:
            lock(connection, releases)
            state = connection.scalar(select(releases.c.state).where(releases.c.id == release.id))
            if state != ReleaseState.ASKED:
                raise UsageError(f"There is no release {release.id} that waits for a second person.")
            insert_or_replace(connection, releases, [_row(release)])
            write(connection, entry)

    def get(self, release_id: str) -> Release | None:
        """Return the release, or None if there is none of that id."""
        with self._database.read() as connection:
            record = connection.scalar(select(releases.c.record).where(releases.c.id == release_id))
        return None if record is None else Release.model_validate_json(record)

    def all(self, state: ReleaseState | None = None) -> list[Release]:
        """Return the releases, or those of one state, the last asked for first."""
        query = select(releases.c.record).order_by(releases.c.asked_at.desc(), releases.c.id)
        if state is not None:
            query = query.where(releases.c.state == state)
        with self._database.read() as connection:
            return [Release.model_validate_json(record) for record in connection.scalars(query)]


def _row(release: Release) -> dict[str, object]:
    row = {"id": release.id, "state": release.state, "asked_at": release.asked_at}
    return row | {"record": release.model_dump_json()}
