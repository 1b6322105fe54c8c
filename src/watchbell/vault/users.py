"""People with an account at the desk, and their sign-ins."""

from datetime import datetime

from sqlalchemy import delete, false, select
from sqlalchemy.exc import IntegrityError

from watchbell.errors import UsageError
from watchbell.model.partners import User
from watchbell.vault.database import Database, insert_or_replace
from watchbell.vault.schema import sessions, users


class UserShelf:
    """The users of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def put(self, user: User) -> None:
        """Add the user, in the place of one with the same name."""
        row = {"username": user.username, "disabled": user.disabled, "record": user.model_dump_json()}
        with self._database.write() as connection:
            insert_or_replace(connection, users, [row])

    def get(self, username: str) -> User | None:
        """Return the user, or None if there is none of that name."""
        with self._database.read() as connection:
            record = connection.scalar(select(users.c.record).where(users.c.username == username))
        return None if record is None else User.model_validate_json(record)

    def all(self) -> list[User]:
        """Return the users in the order of their names."""
        with self._database.read() as connection:
            records = connection.scalars(select(users.c.record).order_by(users.c.username))
            return [User.model_validate_json(record) for record in records]


class SessionShelf:
    """Who is signed in. A session is known by the hash of its token; the token itself is never kept."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def open(self, token_hash: str, username: str, expires_at: datetime) -> None:
        """Sign a user in.

        Raises:
            UsageError: nobody has an account of that name.
        """
        row = {"token_hash": token_hash, "username": username, "expires_at": expires_at}
        try:
            with self._database.write() as connection:
                insert_or_replace(connection, sessions, [row])
        except IntegrityError as error:
            raise UsageError(f"There is no account {username}.") from error

    def username(self, token_hash: str, now: datetime) -> str | None:
        """Return who is signed in; None if nobody is, the time has run out, or the account is disabled."""
        query = (
            select(sessions.c.username)
            .join(users)
            .where(sessions.c.token_hash == token_hash, sessions.c.expires_at > now, users.c.disabled == false())
        )
        with self._database.read() as connection:
            return connection.scalar(query)

    def close(self, token_hash: str) -> None:
        """Sign the user out."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))
