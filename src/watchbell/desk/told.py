"""Feedback that comes as STIX: from a partner's machine, or from a file that a partner sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchbell.desk.disputes import drafted, open_dispute
from watchbell.desk.feedback import Seen, Teller, give_opinion, sight
from watchbell.desk.sending import Recipient
from watchbell.errors import UsageError
from watchbell.exchange.feedback import (
    DISPUTE,
    SaidDispute,
    SaidOpinion,
    SaidSighting,
    Told,
    dispute_definition,
    feedback_in,
    feedback_out,
)
from watchbell.exchange.marking import bundle_for
from watchbell.exchange.stix_parts import bundle
from watchbell.files import Reject
from watchbell.model.collections import HOUSE
from watchbell.model.feedback import Claimant
from watchbell.model.indicators import Indicator
from watchbell.vault.vault import Vault

NO_REASON = "No reason was given."
"""Stands with a partner's opinion that has no explanation: STIX does not ask for one (section 4.14)."""


@dataclass(slots=True)
class KeptFeedback:
    """What became of some objects."""

    sightings: int = 0
    opinions: int = 0
    disputes: int = 0
    rejects: list[Reject] = field(default_factory=list)


def keep_feedback(
    vault: Vault,
    objects: Iterable[Mapping[str, Any]],
    *,
    teller: Teller,
    answer_days: int,
    file: str,
    now: datetime,
) -> KeptFeedback:
    """Keep the sightings, opinions and disputes among some STIX objects; what is no feedback is passed over.

    Doing it again changes nothing. Of an indicator that the teller may not hear nothing is kept, and the reject says
    the same as of one that does not exist.

    Args:
        vault: the records.
        objects: STIX 2.1 objects.
        teller: who says it.
        answer_days: within how many days a dispute is to be answered.
        file: name of the file or envelope, for rejects.
        now: the time.
    """
    kept = KeptFeedback()
    for number, held in enumerate(objects, start=1):
        try:
            for told in feedback_in(held):
                _keep(vault, told, kept, teller=teller, due=(now, answer_days))
        except (ValueError, TypeError, AttributeError, UsageError) as error:
            kept.rejects.append(Reject(file, number, None, f"{held.get('id')}: {error}", str(dict(held))[:2000]))
    return kept


def feedback_bundle(vault: Vault, to: Recipient, *, operator: str) -> dict[str, Any]:
    """Return what we said of the indicators that a recipient may hear, as a STIX 2.1 bundle."""
    shelf = vault.indicators.heard_by(to.audience)
    said = vault.feedback.all_of(HOUSE)
    about = {one.id: one for one in (shelf.get(name) for name in {one.indicator_id for one in said}) if one}
    objects = feedback_out(said, {name: one.tlp for name, one in about.items()}, operator=operator)
    objects += [dispute_definition()] if any(DISPUTE in held.get("extensions", ()) for held in objects) else []
    groups = {held["id"]: _groups_of(held, about) for held in objects}
    return bundle_for(bundle(objects, {operator}), to.audience, groups)


def _groups_of(held: Mapping[str, Any], about: Mapping[str, Indicator]) -> list[str]:
    """Return the trust groups of the indicator that an object speaks of."""
    named = [held.get("sighting_of_ref"), *held.get("object_refs", ())]
    groups = (about[name].group for name in named if name in about)
    return [group for group in groups if group is not None]


def _keep(vault: Vault, told: Told, kept: KeptFeedback, *, teller: Teller, due: tuple[datetime, int]) -> None:
    for indicator_id in told.indicator_ids:
        match told.said:
            case SaidSighting(count, first, last):
                sight(vault, indicator_id, Seen(count, first, last), teller=teller, now=due[0])
                kept.sightings += 1
            case SaidOpinion(value, reason):
                give_opinion(vault, indicator_id, value, reason or NO_REASON, teller=teller, now=due[0])
                kept.opinions += 1
            case SaidDispute(claim, evidence):
                draft = drafted(indicator_id, claim, evidence, claimant=Claimant.PARTNER, teller=teller, due=due)
                open_dispute(vault, draft, teller=teller, now=due[0])
                kept.disputes += 1
