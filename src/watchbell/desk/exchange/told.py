"""Feedback that comes as STIX: from a partner's machine, or from a file that a partner sent."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchbell.desk.exchange.disputes import drafted, open_dispute
from watchbell.desk.exchange.feedback import Seen, Teller, give_opinion, sight
from watchbell.desk.exchange.sending import OTHERS, Recipient
from watchbell.desk.exchange.waiting import demand_sayable, let_wait, unheard
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
from watchbell.exchange.published import ToldBy
from watchbell.exchange.stix_parts import bundle
from watchbell.files import Reject
from watchbell.model.audiences import Audience
from watchbell.model.collections import HOUSE
from watchbell.model.feedback import Claimant, Waiting
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault

NO_REASON = "No reason was given."
"""Stands with a partner's opinion that has no explanation: STIX does not ask for one (section 4.14)."""


@dataclass(slots=True)
class KeptFeedback:
    """What became of some objects."""

    sightings: int = 0
    opinions: int = 0
    disputes: int = 0
    waiting: int = 0
    """Indicators that are not here yet, for which what was said of them waits."""
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

    Doing it again changes nothing. Of an indicator that the teller may not hear nothing is kept; what becomes of it is
    the same as with one that does not exist: it waits where the teller has a `place`, and is a reject otherwise.

    Args:
        vault: the records.
        objects: STIX 2.1 objects.
        teller: who says it.
        answer_days: within how many days a dispute is to be answered.
        file: name of the file or envelope, for rejects.
        now: the time.
    """
    kept = KeptFeedback()
    before = vault.waiting.of(teller.place, teller.partner_id) if teller.place is not None else ()
    waiting = {name for name, _ in before}
    for number, held in enumerate(objects, start=1):
        try:
            if teller.place is not None and held.get("id") in waiting:
                vault.waiting.drop(teller.place, teller.partner_id, [held["id"]])
            for told in feedback_in(held):
                early = list(unheard(vault, teller, told)) if teller.place is not None else []
                heard = tuple(name for name in told.indicator_ids if name not in early)
                _keep(vault, told._replace(indicator_ids=heard), kept, teller=teller, due=(now, answer_days))
                if early:
                    demand_sayable(told, now)
                    kept.waiting += let_wait(vault, held, early, teller=teller, now=now)
        except (ValueError, TypeError, AttributeError, UsageError) as error:
            kept.rejects.append(Reject(file, number, None, f"{held.get('id')}: {error}", str(dict(held))[:2000]))
    return kept


def take_up(vault: Vault, *, answer_days: int, now: datetime) -> KeptFeedback:
    """Keep what waited for indicators that are here now, as far as whoever said it may hear them now.

    Whatever brings indicators in ends with it.
    """
    kept = KeptFeedback()
    vault.waiting.done([one for one in vault.waiting.ready() if _take_up(vault, one, kept, due=(now, answer_days))])
    return kept


def _take_up(vault: Vault, one: Waiting, kept: KeptFeedback, *, due: tuple[datetime, int]) -> bool:
    """Keep what one object says of one indicator; return whether it need not wait any longer."""
    partner = vault.partners.get(one.partner_id)
    if partner is None or partner.suspended:
        return partner is None
    teller = Teller(partner.id, one.told_by, vault.partners.audience(partner, due[0]), one.place)
    try:
        for told in feedback_in(json.loads(one.body)):
            if one.indicator_id in unheard(vault, teller, told):
                return False
            _keep(vault, told._replace(indicator_ids=(one.indicator_id,)), kept, teller=teller, due=due)
    except UsageError as error:
        kept.rejects.append(Reject(one.place, None, None, f"{one.object_id}: {error}", one.body[:2000]))
    return True


def keep_said(
    vault: Vault, said: Iterable[ToldBy], operator: str, *, by: str, file: str, due: tuple[datetime, int]
) -> KeptFeedback:
    """Keep what a file says of the indicators that it brought, for the organisations that said it.

    Args:
        vault: the records.
        said: what they say; of whoever is no partner it is kept by their name.
        operator: our own name; what we said ourselves is here already.
        by: who brings the file.
        file: its name, for rejects.
        due: the time now, and the days within which a dispute is to be answered.
    """
    kept = KeptFeedback()
    partners = {partner.name.casefold(): partner.id for partner in vault.partners.all()}
    whole = Audience(Tlp.RED, {group.id: Tlp.RED for group in vault.partners.groups()})
    for number, (organisation, told) in enumerate(said, start=1):
        if organisation.casefold() == operator.casefold():
            continue
        teller = Teller(partners.get(organisation.casefold(), f"{OTHERS}{organisation}"), by, whole)
        try:
            _keep(vault, told, kept, teller=teller, due=due)
        except UsageError as error:
            kept.rejects.append(Reject(file, number, "Sighting", f"{organisation}: {error}", str(told)[:2000]))
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
