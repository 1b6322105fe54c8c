"""Partners' machines, known by the hash of a token, and the links by which a partner fetches one."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from watchbell.errors import UsageError
from watchbell.model.partners import Enrolment, MachineAccount, Partner
from watchbell.vault.database import Database
from watchbell.vault.schema import partners
from watchbell.vault.schema_exchange import enrolments, machine_accounts

# Asked with every request, so built once.
_WITH_PARTNER = select(machine_accounts.c.record, partners.c.record).join(partners)
_BY_TOKEN = _WITH_PARTNER.where(machine_accounts.c.token_hash == bindparam("sign"))
_BY_CERTIFICATE = _WITH_PARTNER.where(machine_accounts.c.certificate == bindparam("sign"))


class MachineShelf:
    """The machine accounts of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def add(self, account: MachineAccount) -> None:
        """Add the account.

        Raises:
            UsageError: there is one of that name, or one with that certificate.
        """
        try:
            with self._database.write() as connection:
                connection.execute(insert(machine_accounts), _row(account))
        except IntegrityError as error:
            raise _taken(account) from error

    def replace(self, account: MachineAccount) -> None:
        """Put the account in the place of the one of the same name.

        Raises:
            UsageError: another account has that certificate.
        """
        try:
            with self._database.write() as connection:
                where = machine_accounts.c.username == account.username
                connection.execute(update(machine_accounts).where(where).values(_row(account)))
        except IntegrityError as error:
            raise _taken(account) from error

    def get(self, username: str) -> MachineAccount | None:
        """Return the account, or None if there is none of that name."""
        with self._database.read() as connection:
            record = connection.scalar(select(machine_accounts.c.record).where(machine_accounts.c.username == username))
        return None if record is None else MachineAccount.model_validate_json(record)

    def of_partner(self, partner_id: str) -> list[MachineAccount]:
        """Return the accounts of a partner, by name."""
        query = select(machine_accounts.c.record).where(machine_accounts.c.partner_id == partner_id)
        with self._database.read() as connection:
            records = connection.scalars(query.order_by(machine_accounts.c.username))
            return [MachineAccount.model_validate_json(record) for record in records]

    def by_token(self, token_hash: str) -> tuple[MachineAccount, Partner] | None:
        """Return the account with this token, and its partner; None if there is none."""
        return self._with_partner(_BY_TOKEN, token_hash)

    def by_certificate(self, fingerprint: str) -> tuple[MachineAccount, Partner] | None:
        """Return the account with this client certificate, and its partner; None if there is none."""
        return self._with_partner(_BY_CERTIFICATE, fingerprint)

    def invite(self, enrolment: Enrolment) -> None:
        """Keep a link by which a partner may fetch a token."""
        row = enrolment.model_dump(include={"link_hash", "partner_id", "used_at"})
        with self._database.write() as connection:
            connection.execute(insert(enrolments), row | {"record": enrolment.model_dump_json()})

    def invitation(self, link_hash: str) -> Enrolment | None:
        """Return the link of this hash, if it has not been used."""
        query = select(enrolments.c.record).where(enrolments.c.link_hash == link_hash, enrolments.c.used_at.is_(None))
        with self._database.read() as connection:
            record = connection.scalar(query)
        return None if record is None else Enrolment.model_validate_json(record)

    def enrol(self, enrolment: Enrolment, account: MachineAccount, now: datetime) -> bool:
        """Use the link up and add the account, both or neither; False where somebody used it first."""
        where = (enrolments.c.link_hash == enrolment.link_hash, enrolments.c.used_at.is_(None))
        used = enrolment.model_copy(update={"used_at": now}).model_dump_json()
        with self._database.write() as connection:
            if not connection.execute(update(enrolments).where(*where).values(used_at=now, record=used)).rowcount:
                return False
            connection.execute(insert(machine_accounts), _row(account))
        return True

    def _with_partner(self, query: Select[Any], sign: str) -> tuple[MachineAccount, Partner] | None:
        with self._database.read() as connection:
            found = connection.execute(query, {"sign": sign}).first()
        if found is None:
            return None
        return MachineAccount.model_validate_json(found[0]), Partner.model_validate_json(found[1])


def _row(account: MachineAccount) -> dict[str, Any]:
    typed = account.model_dump(include={"username", "partner_id", "token_hash", "certificate"})
    return typed | {"record": account.model_dump_json()}


def _taken(account: MachineAccount) -> UsageError:
    return UsageError(f"There is already a machine {account.username!r}, or another one with its certificate.")
