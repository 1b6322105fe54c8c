"""Cases, with their evidence."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from watchbell.errors import UsageError
from watchbell.model.audiences import Audience
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.tlp import strictest
from watchbell.vault.database import Database, insert_or_replace, lock
from watchbell.vault.ledger import append
from watchbell.vault.schema import cases


class CaseShelf:
    """The cases of a vault."""

    def __init__(self, database: Database, audience: Audience | None = None) -> None:
        """Read and write `database`; what is read is what `audience` may hear, and all of it where there is none."""
        self._database = database
        self._audience = audience

    def heard_by(self, audience: Audience) -> "CaseShelf":
        """Return the shelf as an audience may see it: the rest is not there, not even in counts."""
        return CaseShelf(self._database, audience)

    def put(self, case: Case) -> bool:
        """Add the case, or what it brings to the one of the same id (see `merged`). Return whether it was new."""
        with self._database.write() as connection:
            lock(connection, cases)
            known = _get(connection, case.id)
            _put(connection, case if known is None else merged(known, case))
        return known is None

    def get(self, case_id: str) -> Case | None:
        """Return the case, or None if there is none of that id."""
        with self._database.read() as connection:
            found = _get(connection, case_id)
        return found if found is not None and self._heard(found) else None

    def all(self, status: CaseStatus | None = None) -> list[Case]:
        """Return the cases, or those of one status, the last opened first."""
        query = select(cases.c.record).order_by(cases.c.opened_at.desc(), cases.c.id)
        if status is not None:
            query = query.where(cases.c.status == status)
        with self._database.read() as connection:
            found = [Case.model_validate_json(record) for record in connection.scalars(query)]
        return [case for case in found if self._heard(case)]

    def count(self) -> int:
        """Return how many cases there are."""
        return self._database.count(cases) if self._audience is None else len(self.all())

    def _heard(self, case: Case) -> bool:
        return self._audience is None or self._audience.hears(case.tlp, case.groups)

    def set_status(self, case_id: str, status: CaseStatus, by: str, at: datetime, reason: str | None = None) -> None:
        """Set where the case stands, and write `case.decided` to the ledger: both are kept or neither.

        Raises:
            UsageError: there is no such case.
        """
        with self._database.write() as connection:
            lock(connection, cases)
            case = _get(connection, case_id)
            if case is None:
                raise UsageError(f"There is no case {case_id}.")
            _put(connection, case.model_copy(update={"status": status, "modified_at": at}))
            details = {"from": case.status, "to": status, "reason": reason}
            append(connection, by, "case.decided", case_id, details, at)


def merged(known: Case, newcomer: Case) -> Case:
    """Return the known case with the newcomer's words and further evidence.

    The status and the opening stay, and the marking only becomes stricter. A case that somebody has judged keeps its
    words too, for they are what was judged. A newcomer that brings nothing leaves the case as it is.
    """
    pieces = {piece.id for piece in known.evidence}
    further = tuple(piece for piece in newcomer.evidence if piece.id not in pieces)
    words = newcomer if known.status is CaseStatus.OPEN else known
    update: dict[str, Any] = {
        "title": words.title,
        "summary": words.summary,
        "certainty": words.certainty,
        "tlp": strictest([known.tlp, newcomer.tlp]),
        "groups": tuple(sorted({*known.groups, *newcomer.groups})),
        "evidence": known.evidence + further,
        "synthetic": known.synthetic or newcomer.synthetic,
    }
    case = known.model_copy(update=update)
    return case if case == known else case.model_copy(update={"modified_at": newcomer.modified_at})


def _get(connection: Connection, case_id: str) -> Case | None:
    record = connection.scalar(select(cases.c.record).where(cases.c.id == case_id))
    return None if record is None else Case.model_validate_json(record)


def _put(connection: Connection, case: Case) -> None:
    row = {"id": case.id, "status": case.status, "opened_at": case.opened_at, "record": case.model_dump_json()}
    insert_or_replace(connection, cases, [row])
