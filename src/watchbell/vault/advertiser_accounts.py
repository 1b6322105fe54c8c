"""Advertisers' accounts: sign-ups, second factors, sessions. What proves a person is kept as a hash or encrypted."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from watchbell.model.advertiser_accounts import AdvertiserAccount, SignUp
from watchbell.vault.database import Database, insert_new, lock
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema_advertiser_accounts import (
    advertiser_accounts,
    advertiser_sessions,
    advertiser_sign_ups,
    recovery_codes,
)

MOST_SIGN_UPS = 1_000
"""Sign-ups that wait at once: a flood of them may fill neither the database nor strangers' mailboxes."""


class AdvertiserAccountShelf:
    """The accounts of a vault's advertisers."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def begin(self, token_hash: str, sign_up: SignUp, now: datetime) -> bool:
        """Keep a sign-up and forget those whose time is over; False, and nothing kept, if too many wait."""
        table = advertiser_sign_ups
        row = {"token_hash": token_hash, "expires_at": sign_up.expires_at, "record": sign_up.model_dump_json()}
        with self._database.write() as connection:
            connection.execute(delete(table).where(table.c.expires_at <= now))
            waiting = connection.scalar(select(func.count()).select_from(table)) or 0
            if waiting < MOST_SIGN_UPS:
                connection.execute(insert(table), row)
        return waiting < MOST_SIGN_UPS

    def sign_up(self, token_hash: str, now: datetime) -> SignUp | None:
        """Return the sign-up; None if there is none, or its time is over."""
        table = advertiser_sign_ups
        query = select(table.c.record).where(table.c.token_hash == token_hash, table.c.expires_at > now)
        with self._database.read() as connection:
            record = connection.scalar(query)
        return None if record is None else SignUp.model_validate_json(record)

    def count_try(self, token_hash: str, now: datetime) -> SignUp | None:
        """Count a try to enter the code, before it is judged, and return the sign-up; None if there is none."""
        table = advertiser_sign_ups
        mine = (table.c.token_hash == token_hash) & (table.c.expires_at > now)
        with self._database.write() as connection:
            lock(connection, table)
            record = connection.scalar(select(table.c.record).where(mine))
            if record is None:
                return None
            before = SignUp.model_validate_json(record)
            counted = before.model_copy(update={"tries": before.tries + 1})
            connection.execute(update(table).where(mine).values(record=counted.model_dump_json()))
        return counted

    def end_sign_up(self, token_hash: str) -> None:
        """Forget a sign-up, whose code was used."""
        with self._database.write() as connection:
            connection.execute(delete(advertiser_sign_ups).where(advertiser_sign_ups.c.token_hash == token_hash))

    def open(self, token_hash: str, account: AdvertiserAccount, entry: Entry) -> bool:
        """Make an account out of a sign-up, which is then over; False if its e-mail address has one already."""
        row = {"id": account.id, "email": account.email, "totp_step": 0, "record": account.model_dump_json()}
        with self._database.write() as connection:
            connection.execute(delete(advertiser_sign_ups).where(advertiser_sign_ups.c.token_hash == token_hash))
            lock(connection, advertiser_accounts)
            taken = connection.scalar(
                select(advertiser_accounts.c.id).where(advertiser_accounts.c.email == account.email)
            )
            new = taken is None and insert_new(connection, advertiser_accounts, [row]) > 0
            if new:
                write(connection, entry)
        return new

    def put(self, account: AdvertiserAccount, entry: Entry) -> None:
        """Keep a changed account, and write the entry: both or neither."""
        mine = advertiser_accounts.c.id == account.id
        with self._database.write() as connection:
            connection.execute(update(advertiser_accounts).where(mine).values(record=account.model_dump_json()))
            write(connection, entry)

    def by_email(self, email: str) -> AdvertiserAccount | None:
        """Return the account of an address; None if there is none."""
        query = select(advertiser_accounts.c.record).where(advertiser_accounts.c.email == email)
        with self._database.read() as connection:
            record = connection.scalar(query)
        return None if record is None else AdvertiserAccount.model_validate_json(record)

    def all(self) -> list[AdvertiserAccount]:
        """Return the accounts in the order of their addresses."""
        query = select(advertiser_accounts.c.record).order_by(advertiser_accounts.c.email)
        with self._database.read() as connection:
            return [AdvertiserAccount.model_validate_json(record) for record in connection.scalars(query)]

    def put_recovery_codes(self, account_id: str, code_hashes: tuple[str, ...]) -> None:
        """Keep new recovery codes in the place of those of before."""
        rows = [{"account_id": account_id, "code_hash": one} for one in code_hashes]
        with self._database.write() as connection:
            connection.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
            if rows:
                connection.execute(insert(recovery_codes), rows)

    def use_step(self, account_id: str, step: int) -> bool:
        """Use the code of a time step up; False where it, or a later one, was used before."""
        mine = (advertiser_accounts.c.id == account_id) & (advertiser_accounts.c.totp_step < step)
        with self._database.write() as connection:
            return connection.execute(update(advertiser_accounts).where(mine).values(totp_step=step)).rowcount > 0

    def use_recovery_code(self, account_id: str, code_hash: str) -> bool:
        """Use a recovery code up; False where there is no such one left."""
        mine = (recovery_codes.c.account_id == account_id) & (recovery_codes.c.code_hash == code_hash)
        with self._database.write() as connection:
            return connection.execute(delete(recovery_codes).where(mine)).rowcount > 0

    def recovery_codes_left(self, account_id: str) -> int:
        """Return how many recovery codes can still be used."""
        query = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.account_id == account_id)
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def open_session(self, token_hash: str, account_id: str, expires_at: datetime) -> None:
        """Sign an account in."""
        row = {"token_hash": token_hash, "account_id": account_id, "expires_at": expires_at}
        with self._database.write() as connection:
            connection.execute(insert(advertiser_sessions), row)

    def of_session(self, token_hash: str, now: datetime) -> AdvertiserAccount | None:
        """Return the account that is signed in; None if the time has run out or nobody is."""
        query = (
            select(advertiser_accounts.c.record)
            .join(advertiser_sessions)
            .where(advertiser_sessions.c.token_hash == token_hash, advertiser_sessions.c.expires_at > now)
        )
        with self._database.read() as connection:
            record = connection.scalar(query)
        return None if record is None else AdvertiserAccount.model_validate_json(record)

    def close_session(self, token_hash: str) -> None:
        """Sign an account out."""
        with self._database.write() as connection:
            connection.execute(delete(advertiser_sessions).where(advertiser_sessions.c.token_hash == token_hash))

    def close_sessions(self, account_id: str) -> None:
        """Sign an account out everywhere."""
        with self._database.write() as connection:
            connection.execute(delete(advertiser_sessions).where(advertiser_sessions.c.account_id == account_id))
