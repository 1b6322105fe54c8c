"""Sightings of MISP (core format, section on sightings): each is one moment, of one organisation, of one attribute.

MISP has three types of them: 0, it was seen; 1, it is a false positive; 2, it expires. A period with a count is told by
its first and its last moment, for MISP has no word for how often; a false positive is an opinion that strongly
disagrees, as misp-stix has it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from watchbell.exchange.feedback import SaidOpinion, SaidSighting, Told
from watchbell.exchange.published import ToldBy
from watchbell.ids import fact_id
from watchbell.model.feedback import Dispute, Opinion, OpinionValue, Sighting

SEEN, FALSE_POSITIVE, EXPIRES = "0", "1", "2"
FALSE = "Told in MISP as a false positive."
MOST_SIGHTINGS = 100_000
"""Sightings of one attribute that are read."""
_DISAGREEING = (OpinionValue.DISAGREE, OpinionValue.STRONGLY_DISAGREE)


class MispSighting(NamedTuple):
    """A sighting that could be read."""

    type: str
    at: datetime
    organisation: str | None


def sightings_in(held: Any) -> Iterator[MispSighting]:
    """Yield the sightings in a list of MISP's; what is none is passed over.

    Raises:
        ValueError: one of them has no moment that can be.
    """
    for one in held[:MOST_SIGHTINGS] if isinstance(held, list) else ():
        if isinstance(one, dict):
            organisation = one.get("Organisation")
            name = organisation.get("name") if isinstance(organisation, dict) else None
            yield MispSighting(str(one.get("type", SEEN)), _moment(one), str(name)[:200] if name else None)


def said_in(sightings: Iterable[MispSighting], indicator_ids: Sequence[str], source: str) -> Iterator[ToldBy]:
    """Yield what sightings say of the indicators that their attribute became: those of one organisation are one.

    A sighting that names no organisation is that of the event's `source`.
    """
    seen: dict[str, list[datetime]] = defaultdict(list)
    false: dict[str, None] = {}
    for one in sightings:
        if one.type == SEEN:
            seen[one.organisation or source].append(one.at)
        elif one.type == FALSE_POSITIVE:
            false[one.organisation or source] = None
    ids = tuple(indicator_ids)
    for organisation, moments in seen.items():
        yield ToldBy(organisation, Told(ids, SaidSighting(len(moments), min(moments), max(moments))))
    for organisation in false:
        yield ToldBy(organisation, Told(ids, SaidOpinion(OpinionValue.STRONGLY_DISAGREE, FALSE)))


def ends_at(sightings: Iterable[MispSighting]) -> datetime | None:
    """Return when an attribute expires, by its sightings of that type; None where none says so."""
    return min((one.at for one in sightings if one.type == EXPIRES), default=None)


def sightings_of(said: Iterable[Sighting | Opinion | Dispute], operator: str) -> list[dict[str, Any]]:
    """Return what we said of an indicator as sightings of its attribute, in the order of time."""
    organisation = {"name": operator, "uuid": fact_id("organisation", operator).partition("--")[2]}
    moments = sorted(
        ((at, kind, one) for one in said for at, kind in _moments_of(one)), key=lambda told: (*told[:2], told[2].id)
    )
    return [
        {
            "uuid": fact_id("misp-sighting", operator, one.id, kind, at.isoformat()).partition("--")[2],
            "type": kind,
            "date_sighting": str(int(at.timestamp())),
            "source": operator,
            "Organisation": organisation,
        }
        for at, kind, one in moments
    ]


def _moments_of(said: Sighting | Opinion | Dispute) -> Iterator[tuple[datetime, str]]:
    if isinstance(said, Sighting):
        yield said.first_seen, SEEN
        if said.count > 1:
            yield said.last_seen, SEEN
    elif isinstance(said, Opinion) and said.value in _DISAGREEING:
        yield said.told_at, FALSE_POSITIVE


def _moment(sighting: Mapping[str, Any]) -> datetime:
    told = str(sighting.get("date_sighting", ""))
    if not (told.isascii() and told.isdigit() and len(told) <= 10):  # noqa: PLR2004  # until the year 2286
        raise ValueError(f"the date_sighting {told[:40]!r} of a sighting is no time in seconds")
    return datetime.fromtimestamp(int(told), tz=UTC)
