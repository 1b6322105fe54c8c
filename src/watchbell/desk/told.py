"""Feedback that comes as STIX: from a partner's machine, or from a file that a partner sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from watchbell.desk.disputes import drafted, open_dispute
from watchbell.desk.feedback import Seen, Teller, give_opinion, sight
from watchbell.errors import UsageError
from watchbell.exchange.feedback import SaidDispute, SaidOpinion, SaidSighting, Told, feedback_in
from watchbell.files import Reject
from watchbell.model.feedback import Claimant
from watchbell.vault.vault import Vault


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


def _keep(vault: Vault, told: Told, kept: KeptFeedback, *, teller: Teller, due: tuple[datetime, int]) -> None:
    for indicator_id in told.indicator_ids:
        match told.said:
            case SaidSighting(count, first, last):
                sight(vault, indicator_id, Seen(count, first, last), teller=teller, now=due[0])
                kept.sightings += 1
            case SaidOpinion(value, reason):
                give_opinion(vault, indicator_id, value, reason, teller=teller, now=due[0])
                kept.opinions += 1
            case SaidDispute(claim, evidence):
                draft = drafted(indicator_id, claim, evidence, claimant=Claimant.PARTNER, teller=teller, due=due)
                open_dispute(vault, draft, teller=teller, now=due[0])
                kept.disputes += 1
