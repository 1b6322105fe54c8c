"""What governments ask of us: written down as a record of its own, answered with a reason, counted in public.

No request opens a case, makes an indicator or decides anything: a person reads it and does, or refuses, what the law
asks.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from watchbell.desk.permissions import Permission, demand
from watchbell.desk.wording import worded
from watchbell.errors import UsageError
from watchbell.model.partners import User
from watchbell.model.requests import GovernmentRequest, RequestState, request_id
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault


def drafted_request(told: Mapping[str, Any], *, by: str, received_at: datetime) -> GovernmentRequest:
    """Return a request as somebody tells of it.

    Args:
        told: `asker`, `country`, `kind`, `legal_basis`, `scope`, and where they are known `accounts`, `due_at` and
            `partner_id`.
        by: who writes it down.
        received_at: when it came.

    Raises:
        UsageError: a field is missing or cannot be; the message names it.
    """
    asker, scope = worded(str(told.get("asker", "")), "name of the office"), worded(str(told.get("scope", "")), "scope")
    known = {name: told[name] for name in ("kind", "accounts", "due_at", "partner_id") if told.get(name) is not None}
    try:
        return GovernmentRequest(
            id=request_id(asker, scope, received_at.isoformat()),
            asker=asker,
            scope=scope,
            country=str(told.get("country", "")).strip().upper(),
            legal_basis=str(told.get("legal_basis", "")).strip(),
            received_at=received_at,
            written_by=by,
            **known,
        )
    except ValidationError as error:
        found = error.errors()[0]
        raise UsageError(f"The field {found['loc'][0]} of the request cannot be used: {found['msg']}.") from error


def write_request(vault: Vault, request: GovernmentRequest, *, by: str, now: datetime) -> GovernmentRequest:
    """Keep a request; the same one written down twice is one.

    Raises:
        UsageError: its deadline lies before it was received, or it was received in the future.
    """
    if request.received_at > now:
        raise UsageError("The request was received in the future. Look at its day.")
    if request.due_at is not None and request.due_at < request.received_at:
        raise UsageError("The deadline lies before the request was received. Look at the days.")
    known = vault.requests.get(request.id)
    if known is not None:
        return known
    details = request.model_dump(mode="json", include={"asker", "country", "kind", "legal_basis", "accounts"})
    vault.requests.put(request, Entry(by, "request.received", request.id, details, now))
    return request


def answer_request(
    vault: Vault, request: GovernmentRequest, state: RequestState, answer: str, *, by: User, now: datetime
) -> GovernmentRequest:
    """Answer a request with a reason.

    Raises:
        NotAllowedError: the person may not answer requests.
        UsageError: there is no answer, or one was given before.
    """
    demand(by.role, Permission.REQUESTS_WRITE)
    answer = worded(answer, "answer")
    if request.state is not RequestState.OPEN or state is RequestState.OPEN:
        raise UsageError("A request is answered once: granted, granted in part, refused, or withdrawn by the asker.")
    answered = request.model_copy(
        update={"state": state, "answer": answer, "answered_at": now, "answered_by": by.username}
    )
    vault.requests.put(
        answered, Entry(by.username, "request.answered", request.id, {"state": state, "answer": answer}, now)
    )
    return answered


def transparency_report(requests: Iterable[GovernmentRequest], year: int) -> dict[str, Any]:
    """Return what the public may know of the requests received in a year: numbers, by country, kind and answer.

    Those without a legal basis are counted apart, and so are those answered after their deadline.
    """
    mine = [request for request in requests if request.received_at.year == year]
    rows = Counter((request.country, request.kind, request.state) for request in mine)
    return {
        "year": year,
        "requests": len(mine),
        "accounts": sum(request.accounts for request in mine),
        "without_legal_basis": sum(not request.legal_basis.strip() for request in mine),
        "late": sum(_is_late(request) for request in mine),
        "by_state": dict(sorted(Counter(str(request.state) for request in mine).items())),
        "rows": [
            {"country": country, "kind": str(kind), "state": str(state), "requests": count}
            for (country, kind, state), count in sorted(rows.items())
        ],
    }


def _is_late(request: GovernmentRequest) -> bool:
    return request.due_at is not None and request.answered_at is not None and request.answered_at > request.due_at
