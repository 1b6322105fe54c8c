"""Feedback in STIX 2.1: sightings, opinions, and disputes, which are notes that ask for an answer.

A dispute is a Note with the extension `DISPUTE`; a Note labelled `dispute` is read as one too, and so is an Opinion
that strongly disagrees and says why, for whoever says that of an accusation is owed an answer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from watchbell.exchange.published import day
from watchbell.exchange.stix_parts import identity_id, stix_object
from watchbell.ids import fact_id
from watchbell.model.feedback import Dispute, DisputeState, Opinion, OpinionValue, Sighting
from watchbell.model.tlp import Tlp

DISPUTE = fact_id("extension-definition", "watchbell dispute 1")
"""Id of the property extension of a Note that opens a dispute: `evidence`, list of strings; and its `state`."""
_LABEL = "dispute"
TYPES = frozenset({"sighting", "opinion", "note"})
MOST_EVIDENCE = 20
"""What a claimant points to; the rest of a longer list is not read."""


class Told(NamedTuple):
    """What one STIX object says of some indicators."""

    indicator_ids: tuple[str, ...]
    said: "SaidSighting | SaidOpinion | SaidDispute"


class SaidSighting(NamedTuple):
    """It was seen so often, from when to when."""

    times: int
    first_seen: datetime
    last_seen: datetime


class SaidOpinion(NamedTuple):
    """Somebody agrees or disagrees."""

    value: OpinionValue
    reason: str


class SaidDispute(NamedTuple):
    """Somebody says that it is wrong and asks for an answer."""

    claim: str
    evidence: tuple[str, ...]


def feedback_in(held: Mapping[str, Any]) -> Iterator[Told]:
    """Yield what a STIX object says of indicators: nothing where it is no feedback, or was taken back.

    Raises:
        ValueError: it is a sighting, opinion or dispute that cannot be read; the message names the property.
    """
    if held.get("type") not in TYPES or held.get("revoked"):
        return
    if held["type"] == "sighting":
        sighting = _sighting(held)
        if sighting.times:  # 0 says that it was not seen, which is no sighting of it (section 5.2.1)
            yield Told(_indicators([held.get("sighting_of_ref")]), sighting)
        return
    ids = _indicators(held.get("object_refs"))
    if held["type"] == "note":
        if ids and (DISPUTE in (held.get("extensions") or {}) or _LABEL in (held.get("labels") or ())):
            yield Told(ids, SaidDispute(str(held.get("content") or ""), _evidence(held)))
        return
    opinion = SaidOpinion(_value(held), str(held.get("explanation") or "").strip())
    yield Told(ids, opinion)
    if opinion.value is OpinionValue.STRONGLY_DISAGREE and opinion.reason:
        yield Told(ids, SaidDispute(opinion.reason, _evidence(held)))


def feedback_out(
    said: Sequence[Sighting | Opinion | Dispute], markings: Mapping[str, Tlp], *, operator: str
) -> list[dict[str, Any]]:
    """Return feedback as STIX objects, each marked as the indicator that it speaks of.

    Args:
        said: feedback of our own.
        markings: id of an indicator → its marking; feedback on any other is left out, for it would tell of it.
        operator: name of the organisation that says it.
    """
    author = identity_id(operator)
    return [_object(one, markings[one.indicator_id], author) for one in said if one.indicator_id in markings]


def ids_told(said: Iterable[Sighting | Opinion | Dispute], operator: str) -> set[str]:
    """Return the ids by which partners know what we said, those among them that did not name the house yet."""
    author, held = identity_id(operator), list(said)
    return {_id_told(one, author) for one in held} | {
        f"{_TYPE_OF[type(one)]}--{one.id.partition('--')[2]}" for one in held
    }


def dispute_definition() -> dict[str, Any]:
    """Return the extension definition that a dispute refers to."""
    return stix_object(
        "extension-definition",
        DISPUTE,
        Tlp.CLEAR,
        created_by_ref=identity_id("Watchbell"),
        created="2026-01-01T00:00:00.000Z",
        modified="2026-11-24T12:00:00.000Z",
        name="Watchbell dispute",
        description="A note that says that an indicator is wrong, and asks for an answer.",
        schema="evidence (list of string): what the claimant points to. state (string): open, upheld, refused or "
        "withdrawn. answer (string): the answer, once there is one.",
        version="1.0.0",
        extension_types=["property-extension"],
    )


_TYPE_OF: Mapping[type, str] = {Sighting: "sighting", Opinion: "opinion", Dispute: "note"}


def _id_told(said: Sighting | Opinion | Dispute, author: str) -> str:
    """Return an id made of the house too: two that saw the same thing at the same moment told two things."""
    return fact_id(_TYPE_OF[type(said)], author, said.id)


def _indicators(refs: Any) -> tuple[str, ...]:
    found = refs if isinstance(refs, list) else []
    return tuple(dict.fromkeys(ref for ref in found if isinstance(ref, str) and ref.startswith("indicator--")))


def _sighting(held: Mapping[str, Any]) -> SaidSighting:
    count = held.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool):
        raise ValueError("its count is no whole number")  # noqa: TRY004  # callers turn ValueError into a reject
    first = held.get("first_seen") or held.get("last_seen") or held.get("created")
    last = held.get("last_seen") or first
    begun, ended = day(str(first)), day(str(last))
    if begun is None or ended is None:
        raise ValueError("its first_seen or last_seen is no time as RFC 3339 writes it")
    return SaidSighting(count, begun, ended)


def _value(held: Mapping[str, Any]) -> OpinionValue:
    told = str(held.get("opinion"))
    if told not in set(OpinionValue):
        raise ValueError(f"its opinion {told[:40]!r} is none of the five that STIX has (section 10.17)")
    return OpinionValue(told)


def _evidence(held: Mapping[str, Any]) -> tuple[str, ...]:
    ours = (held.get("extensions") or {}).get(DISPUTE) or {}
    told = [str(one) for one in ours.get("evidence") or ()]
    references = (one for one in held.get("external_references") or () if isinstance(one, dict))
    told += [one["url"] for one in references if isinstance(one.get("url"), str)]
    return tuple(one[:2000] for one in told[:MOST_EVIDENCE])


def _object(said: Sighting | Opinion | Dispute, label: Tlp, author: str) -> dict[str, Any]:
    match said:
        case Sighting():
            return stix_object(
                "sighting",
                _id_told(said, author),
                label,
                created_by_ref=author,
                created=said.first_told_at,
                modified=said.told_at,
                first_seen=said.first_seen,
                last_seen=said.last_seen,
                count=said.count,
                sighting_of_ref=said.indicator_id,
                where_sighted_refs=[author],
            )
        case Opinion():
            return stix_object(
                "opinion",
                _id_told(said, author),
                label,
                created_by_ref=author,
                created=said.first_told_at,
                modified=said.told_at,
                opinion=str(said.value),
                explanation=said.reason,
                object_refs=[said.indicator_id],
            )
        case Dispute():
            return _dispute(said, label, author)


def _dispute(said: Dispute, label: Tlp, author: str) -> dict[str, Any]:
    extension: dict[str, Any] = {"extension_type": "property-extension", "state": str(said.state)}
    extension |= {"evidence": list(said.evidence)} if said.evidence else {}
    extension |= {"answer": said.answer} if said.answer else {}
    return stix_object(
        "note",
        _id_told(said, author),
        label,
        created_by_ref=author,
        created=said.opened_at,
        modified=said.answered_at or said.opened_at,
        revoked=True if said.state is DisputeState.WITHDRAWN else None,
        abstract="This indicator is disputed",
        content=said.claim,
        object_refs=[said.indicator_id],
        labels=[_LABEL],
        extensions={DISPUTE: extension},
    )
