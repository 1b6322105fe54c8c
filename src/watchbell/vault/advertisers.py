"""Advertisers, their evidence and disclaimers; each step leaves an entry in the ledger."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from watchbell.errors import UsageError
from watchbell.model.advertisers import Advertiser, Evidence, EvidenceVerdict, PayerDisclaimer, SentCode
from watchbell.vault.database import Database, insert_new, insert_or_replace, lock
from watchbell.vault.ledger import Entry, write
from watchbell.vault.schema_advertiser_accounts import advertiser_owners
from watchbell.vault.schema_advertisers import (
    advertiser_evidence,
    advertisers,
    identity_documents,
    payer_disclaimers,
    sent_codes,
)

_OPEN = (EvidenceVerdict.CODE, EvidenceVerdict.REVIEW)


class Given(NamedTuple):
    """Evidence as it comes in, with what belongs to it."""

    evidence: Evidence
    code: SentCode | None = None
    document: bytes | None = None
    """Encrypted; kept only where a person must look at it."""
    delete_at: datetime | None = None
    """From when the document is deleted if nobody decides."""
    fingerprint: str | None = None
    """A keyed hash of what belongs to one advertiser alone."""


class AdvertiserShelf:
    """The advertisers of a vault."""

    def __init__(self, database: Database) -> None:
        """Read and write `database`."""
        self._database = database

    def add(self, advertiser: Advertiser, state: str, entry: Entry, account_id: str | None = None) -> bool:
        """Add an advertiser, unless there is one of this id; return whether it is new.

        Args:
            advertiser: the advertiser.
            state: how far they are.
            entry: what the ledger says of it.
            account_id: the account that it belongs to; None where an operator adds it.
        """
        row = {"id": advertiser.id, "state": state, "record": advertiser.model_dump_json()}
        with self._database.write() as connection:
            new = insert_new(connection, advertisers, [row]) > 0
            if new and account_id is not None:
                connection.execute(
                    insert(advertiser_owners), {"advertiser_id": advertiser.id, "account_id": account_id}
                )
            if new:
                write(connection, entry)
        return new

    def all(self) -> list[Advertiser]:
        """Return the advertisers in the order of their ids."""
        with self._database.read() as connection:
            records = connection.scalars(select(advertisers.c.record).order_by(advertisers.c.id))
            return [Advertiser.model_validate_json(record) for record in records]

    def get(self, advertiser_id: str) -> Advertiser | None:
        """Return the advertiser, or None if there is none of that id."""
        with self._database.read() as connection:
            record = connection.scalar(select(advertisers.c.record).where(advertisers.c.id == advertiser_id))
        return None if record is None else Advertiser.model_validate_json(record)

    def of_account(self, account_id: str) -> list[Advertiser]:
        """Return the advertisers of an account in the order of their ids."""
        query = select(advertisers.c.record).join(advertiser_owners)
        mine = query.where(advertiser_owners.c.account_id == account_id).order_by(advertisers.c.id)
        with self._database.read() as connection:
            return [Advertiser.model_validate_json(record) for record in connection.scalars(mine)]

    def note_state(self, advertiser_id: str, state: str, entry: Entry) -> bool:
        """Note that an advertiser's state is another; return whether it was not noted yet."""
        other = (advertisers.c.id == advertiser_id) & (advertisers.c.state != state)
        with self._database.write() as connection:
            changed = connection.execute(update(advertisers).where(other).values(state=state)).rowcount > 0
            if changed:
                write(connection, entry)
        return changed

    def give(self, given: Given, entry: Entry) -> None:
        """Keep evidence, its code and its document, and write the entry: all or nothing."""
        evidence = given.evidence
        with self._database.write() as connection:
            connection.execute(
                insert(advertiser_evidence), _evidence_row(evidence) | {"fingerprint": given.fingerprint}
            )
            if given.code is not None:
                connection.execute(insert(sent_codes), _code_row(given.code))
            if given.document is not None:
                row = {"evidence_id": evidence.id, "sealed": given.document, "delete_at": given.delete_at}
                connection.execute(insert(identity_documents), row)
            write(connection, entry)

    def evidence(self, advertiser_id: str | None = None) -> list[Evidence]:
        """Return all that an advertiser gave, or all did, the first first."""
        table = advertiser_evidence
        query = select(table.c.record).order_by(table.c.given_at, table.c.id)
        if advertiser_id is not None:
            query = query.where(table.c.advertiser_id == advertiser_id)
        with self._database.read() as connection:
            return [Evidence.model_validate_json(record) for record in connection.scalars(query)]

    def fingerprint(self, evidence_id: str) -> str | None:
        """Return the fingerprint of evidence; None if it has none."""
        table = advertiser_evidence
        with self._database.read() as connection:
            found: str | None = connection.scalar(select(table.c.fingerprint).where(table.c.id == evidence_id))
        return found

    def others_with(self, fingerprint: str, advertiser_id: str) -> list[Advertiser]:
        """Return those whose evidence has this fingerprint and was not refused, but for who is of the same account."""
        shown, owners = advertiser_evidence, advertiser_owners
        account = select(owners.c.account_id).where(owners.c.advertiser_id == advertiser_id).scalar_subquery()
        mine = select(owners.c.advertiser_id).where(owners.c.account_id == account)
        whose = select(shown.c.advertiser_id).where(
            shown.c.fingerprint == fingerprint, shown.c.verdict != EvidenceVerdict.REFUSED
        )
        others = advertisers.c.id.in_(whose) & advertisers.c.id.not_in(mine) & (advertisers.c.id != advertiser_id)
        with self._database.read() as connection:
            records = connection.scalars(select(advertisers.c.record).where(others).order_by(advertisers.c.id))
            return [Advertiser.model_validate_json(record) for record in records]

    def decide(self, evidence: Evidence, delete_at: datetime, entry: Entry) -> None:
        """Put the decided evidence in the place of that which waited; its document is then deleted at `delete_at`.

        Raises:
            UsageError: it was decided before.
        """
        waits = (advertiser_evidence.c.id == evidence.id) & advertiser_evidence.c.verdict.in_(_OPEN)
        row = _evidence_row(evidence)
        with self._database.write() as connection:
            if connection.execute(update(advertiser_evidence).where(waits).values(row)).rowcount == 0:
                raise UsageError("This evidence was decided before. Give it anew to have it looked at again.")
            mine = identity_documents.c.evidence_id == evidence.id
            connection.execute(update(identity_documents).where(mine).values(delete_at=delete_at))
            write(connection, entry)

    def reopen(self, evidence: Evidence, delete_at: datetime, entry: Entry) -> None:
        """Let decided evidence wait for a person again; its document, if it is still there, is kept until `delete_at`.

        Raises:
            UsageError: it is not decided.
        """
        decided = (advertiser_evidence.c.id == evidence.id) & advertiser_evidence.c.verdict.not_in(_OPEN)
        waits = evidence.model_copy(update={"verdict": EvidenceVerdict.REVIEW, "decided_at": None, "decided_by": None})
        with self._database.write() as connection:
            changed = connection.execute(update(advertiser_evidence).where(decided).values(_evidence_row(waits)))
            if changed.rowcount == 0:
                raise UsageError("This evidence waits already.")
            mine = identity_documents.c.evidence_id == evidence.id
            connection.execute(update(identity_documents).where(mine).values(delete_at=delete_at))
            write(connection, entry)

    def waiting(self) -> list[Evidence]:
        """Return the evidence that waits for a person, the first given first."""
        table = advertiser_evidence
        query = select(table.c.record).where(table.c.verdict == EvidenceVerdict.REVIEW)
        with self._database.read() as connection:
            records = connection.scalars(query.order_by(table.c.given_at, table.c.id))
            return [Evidence.model_validate_json(record) for record in records]

    def with_documents(self, evidence_ids: Collection[str]) -> frozenset[str]:
        """Return which of these pieces of evidence have a document that is not deleted yet."""
        held = identity_documents.c.evidence_id
        with self._database.read() as connection:
            return frozenset(connection.scalars(select(held).where(held.in_(evidence_ids))))

    def count_try(self, evidence_id: str) -> SentCode | None:
        """Count a try to enter a code, before it is judged, and return its record; None if no code was sent."""
        mine = sent_codes.c.evidence_id == evidence_id
        with self._database.write() as connection:
            lock(connection, sent_codes)
            record = connection.scalar(select(sent_codes.c.record).where(mine))
            if record is None:
                return None
            before = SentCode.model_validate_json(record)
            code = before.model_copy(update={"tries": before.tries + 1})
            connection.execute(update(sent_codes).where(mine).values(_code_row(code)))
        return code

    def use_code(self, evidence_id: str, now: datetime) -> bool:
        """Use a code up; False where somebody did before."""
        mine = sent_codes.c.evidence_id == evidence_id
        with self._database.write() as connection:
            lock(connection, sent_codes)
            record = connection.scalar(select(sent_codes.c.record).where(mine))
            code = SentCode.model_validate_json(record) if record else None
            if code is None or code.used_at is not None:
                return False
            used = code.model_copy(update={"used_at": now})
            connection.execute(update(sent_codes).where(mine).values(_code_row(used)))
        return True

    def document(self, evidence_id: str, entry: Entry) -> bytes | None:
        """Return the encrypted document of evidence, and write down that it was seen; None if there is none."""
        query = select(identity_documents.c.sealed).where(identity_documents.c.evidence_id == evidence_id)
        with self._database.write() as connection:
            sealed: bytes | None = connection.scalar(query)
            if sealed is not None:
                write(connection, entry)
        return sealed

    def delete_documents(self, now: datetime, actor: str) -> int:
        """Delete the documents whose time is over, each with an entry; return how many."""
        over = identity_documents.c.delete_at <= now
        with self._database.write() as connection:
            ids = list(connection.scalars(select(identity_documents.c.evidence_id).where(over)))
            connection.execute(delete(identity_documents).where(identity_documents.c.evidence_id.in_(ids)))
            for evidence_id in ids:
                write(connection, Entry(actor, "document.deleted", evidence_id, {}, now))
        return len(ids)

    def put_disclaimer(self, disclaimer: PayerDisclaimer, entry: Entry) -> None:
        """Keep a disclaimer in the place of the one of its id, and write the entry: both or neither."""
        row = {"id": disclaimer.id, "advertiser_id": disclaimer.advertiser_id, "made_at": disclaimer.made_at}
        with self._database.write() as connection:
            insert_or_replace(connection, payer_disclaimers, [row | {"record": disclaimer.model_dump_json()}])
            write(connection, entry)

    def disclaimers(self, advertiser_id: str | None = None) -> list[PayerDisclaimer]:
        """Return the disclaimers of an advertiser, or of all, the first made first."""
        table = payer_disclaimers
        query = select(table.c.record).order_by(table.c.made_at, table.c.id)
        if advertiser_id is not None:
            query = query.where(table.c.advertiser_id == advertiser_id)
        with self._database.read() as connection:
            return [PayerDisclaimer.model_validate_json(record) for record in connection.scalars(query)]

    def piece(self, advertiser_id: str, piece_id: str) -> Evidence | PayerDisclaimer | None:
        """Return the evidence or the disclaimer of an advertiser that has this id, or None."""
        pieces: list[Evidence | PayerDisclaimer] = [*self.evidence(advertiser_id), *self.disclaimers(advertiser_id)]
        return next((one for one in pieces if one.id == piece_id), None)


def _evidence_row(evidence: Evidence) -> dict[str, object]:
    row = {"id": evidence.id, "advertiser_id": evidence.advertiser_id, "verdict": evidence.verdict}
    return row | {"given_at": evidence.given_at, "record": evidence.model_dump_json()}


def _code_row(code: SentCode) -> dict[str, object]:
    return {"evidence_id": code.evidence_id, "record": code.model_dump_json()}
