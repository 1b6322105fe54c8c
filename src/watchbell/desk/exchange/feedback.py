"""What is said of an indicator: that it was seen, and what somebody thinks of it."""

from datetime import datetime
from typing import NamedTuple

from watchbell.desk.wording import worded
from watchbell.errors import UsageError
from watchbell.model.audiences import Audience
from watchbell.model.collections import HOUSE
from watchbell.model.feedback import Opinion, OpinionValue, Sighting, opinion_id, sighting_id
from watchbell.model.indicators import Indicator
from watchbell.model.partners import User
from watchbell.vault.ledger import Entry
from watchbell.vault.vault import Vault


class Teller(NamedTuple):
    """Who says something, and what they may hear: nobody can speak of what they may not know of."""

    partner_id: str
    """The partner's id, or `HOUSE`."""
    name: str
    """The person at the desk, or the machine account."""
    audience: Audience
    place: str | None = None
    """Id of the collection through which a machine says it; there it waits for an indicator that is not here yet."""


class Seen(NamedTuple):
    """How often an indicator was seen, and from when to when."""

    times: int
    first: datetime
    last: datetime


def teller_at_desk(user: User) -> Teller:
    """Return a person at the desk as one who says something."""
    return Teller(HOUSE, user.username, Audience(user.clearance, user.groups))


def indicator_told_of(vault: Vault, indicator_id: str, teller: Teller) -> Indicator:
    """Return the indicator that somebody speaks of.

    Raises:
        UsageError: there is none that they may hear; which of the two is not said.
    """
    found = vault.indicators.heard_by(teller.audience).get(indicator_id)
    if found is None:
        raise UsageError(f"There is no indicator {indicator_id}.")
    return found


def indicator_named(vault: Vault, name: str) -> Indicator:
    """Return the indicator of this id or value.

    Raises:
        UsageError: there is none, or several sources published the value; the message lists their ids.
    """
    known = vault.indicators.get(name)
    if known is not None:
        return known
    found = [one for one in vault.indicators.page(text=name, limit=1_000) if name in {one.value, one.published_as}]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"There is no indicator {name!r}. `watchbell indicators list --text` searches them.")
    told = ", ".join(f"{one.id} ({one.source})" for one in found[:10])
    raise UsageError(f"Several sources published {name!r}. Name one by its id: {told}.")


def demand_possible(seen: Seen, now: datetime) -> None:
    """Return if something can have been seen so often, and at these times.

    Raises:
        UsageError: it cannot.
    """
    if not 1 <= seen.times <= 999_999_999:  # noqa: PLR2004  # STIX 2.1 section 5.2.1
        raise UsageError(f"A count of {seen.times} cannot be: it is from 1 to 999,999,999.")
    if not seen.first <= seen.last <= now:
        raise UsageError("A sighting begins before it ends, and neither lies ahead. Look at its times.")


def sight(vault: Vault, indicator_id: str, seen: Seen, *, teller: Teller, now: datetime) -> Sighting:
    """Keep that an indicator was seen. Told again from the same moment on, it is the new count of the same sighting.

    Raises:
        UsageError: there is no such indicator, or the times or the count cannot be.
    """
    demand_possible(seen, now)
    indicator = indicator_told_of(vault, indicator_id, teller)
    identity = sighting_id(indicator.id, teller.partner_id, seen.first.isoformat())
    before = next((one for one in vault.feedback.sightings(indicator.id) if one.id == identity), None)
    if before is not None and (before.count, before.last_seen) == (seen.times, seen.last):
        return before
    sighting = Sighting(
        id=identity,
        indicator_id=indicator.id,
        partner_id=teller.partner_id,
        count=seen.times,
        first_seen=seen.first,
        last_seen=seen.last,
        first_told_at=now if before is None else before.first_told_at,
        told_at=now,
        told_by=teller.name,
    )
    details = {"partner": teller.partner_id, "count": seen.times, "last_seen": seen.last.isoformat()}
    vault.feedback.put_sighting(sighting, Entry(teller.name, "indicator.sighted", indicator.id, details, now))
    return sighting


def give_opinion(
    vault: Vault, indicator_id: str, value: OpinionValue, reason: str, *, teller: Teller, now: datetime
) -> Opinion:
    """Keep what somebody thinks of an indicator; their earlier opinion makes way for it.

    Raises:
        UsageError: there is no such indicator, or no reason.
    """
    indicator = indicator_told_of(vault, indicator_id, teller)
    identity = opinion_id(indicator.id, teller.partner_id, teller.name)
    before = next((one for one in vault.feedback.opinions(indicator.id) if one.id == identity), None)
    if before is not None and (before.value, before.reason) == (value, worded(reason)):
        return before
    opinion = Opinion(
        id=identity,
        indicator_id=indicator.id,
        partner_id=teller.partner_id,
        value=value,
        reason=worded(reason),
        first_told_at=now if before is None else before.first_told_at,
        told_at=now,
        told_by=teller.name,
    )
    details = {"partner": teller.partner_id, "value": value}
    vault.feedback.put_opinion(opinion, Entry(teller.name, "indicator.opinion", indicator.id, details, now))
    return opinion
