"""Publishing: what the house shares goes into collections, where each partner hears what its clearance allows.

A collection has many readers, so nothing goes in that names its recipients: what needs two people to leave
(`desk.exchange.releases`) leaves to one partner, from the page of the case.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from watchbell.desk.cases.house import House
from watchbell.desk.cases.parts import part_of_case
from watchbell.desk.exchange.partners import group_named
from watchbell.desk.exchange.receiving import Receiving
from watchbell.desk.exchange.releases import ONE_PERSON, needs_two
from watchbell.errors import NotAllowedError, UsageError
from watchbell.exchange.envelope import Sent
from watchbell.exchange.marking import definitions_in
from watchbell.exchange.stix import bundle_of_case, bundle_of_indicators
from watchbell.ids import fact_id
from watchbell.model.audiences import Audience
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.collections import Collection, Refusal
from watchbell.model.indicators import Indicator
from watchbell.model.tlp import Tlp
from watchbell.vault.collections import access_of_house
from watchbell.vault.database import batches
from watchbell.vault.vault import Vault

_BATCH = 1_000


class Published(NamedTuple):
    """What came of putting objects into a collection."""

    there: int
    """Those that are in it now, the ones from before among them."""
    refused: Sequence[Refusal]


def open_collection(vault: Vault, collection: Collection, group: str, now: datetime) -> Collection:
    """Open a collection for a trust group, which is made if there is none of that name.

    Raises:
        UsageError: there is a collection of that alias.
    """
    if collection.alias is not None and vault.collections.get(collection.alias) is not None:
        raise UsageError(f"There is already a collection {collection.alias!r}. Choose another name.")
    opened = collection.model_copy(update={"group_id": group_named(vault, group).id})
    vault.collections.put(opened)
    details = {"title": opened.title, "group": opened.group_id, "tlp": opened.tlp}
    vault.ledger.append("operator", "collection.opened", opened.id, details, now)
    return opened


def collection_id(name: str) -> str:
    """Return the id of the collection of this name."""
    return fact_id("collection", name).partition("--")[2]


def publish_indicators(
    vault: Vault, collection: Collection, *, up_to: Tlp, operator: str, by: str, now: datetime
) -> Published:
    """Put the indicators that a collection's readers may hear into it, revoked ones too, so that they are taken back.

    What others told us goes as far as `passes_on` lets it.

    Raises:
        NotAllowedError: `up_to` is narrower than what one person may share.
    """
    _demand_one(up_to)
    groups = {} if collection.group_id is None else {collection.group_id: up_to}
    heard = vault.indicators.heard_by(Audience(up_to, groups))
    told = [indicator for indicator in heard.all() if passes_on(indicator, operator)]
    objects = bundle_of_indicators(told, operator=operator, up_to=up_to)["objects"]
    return _publish(vault, collection, objects, by=by, now=now)


def passes_on(indicator: Indicator, operator: str) -> bool:
    """Tell whether we may pass an indicator on to partners without its source's word.

    TLP 2.0: who receives TLP:AMBER may tell their own organisation and its clients, TLP:GREEN their community. So what
    another source marked narrower than GREEN stays here; a person who has its word sends it in a case or an export.
    """
    return indicator.source == operator or indicator.tlp.rank <= Tlp.GREEN.rank


def publish_case(
    vault: Vault, collection: Collection, case: Case, *, house: House, by: str, now: datetime
) -> Published:
    """Put a case and its indicators into a collection.

    Raises:
        NotAllowedError: nobody confirmed the case, it is marked narrower than what one person may share, or it belongs
            to another trust group, or its words name what is marked narrower.
    """
    if case.status is not CaseStatus.CONFIRMED:
        raise NotAllowedError("Only a case that a person confirmed goes to all partners. Decide it at the desk first.")
    _demand_one(case.tlp)
    if set(case.groups) - {collection.group_id}:
        raise NotAllowedError("The case has evidence of another trust group, so it cannot go into this collection.")
    readers = Audience(case.tlp, {} if collection.group_id is None else {collection.group_id: case.tlp})
    part = part_of_case(vault, case, readers)
    objects = bundle_of_case(
        part.case, part.indicators, operator=house.operator, technique_names=house.technique_names
    )["objects"]
    return _publish(vault, collection, objects, by=by, now=now)


def pass_on(vault: Vault, indicator: Indicator, *, operator: str, by: str, now: datetime) -> list[Collection]:
    """Put the standing version of an indicator into every collection where we told of it; return which these are."""
    told = vault.collections.told_by_house(indicator.id)
    objects = bundle_of_indicators([indicator], operator=operator, up_to=indicator.tlp)["objects"] if told else []
    for collection in told:
        _publish(vault, collection, objects, by=by, now=now)
    return told


def _demand_one(label: Tlp) -> None:
    if needs_two(label):
        raise NotAllowedError(
            f"What is marked TLP:{label.upper()} names its recipients, so it goes into no collection: the narrowest "
            f"that does is TLP:{ONE_PERSON.upper()}."
        )


def _publish(
    vault: Vault, collection: Collection, objects: Sequence[Mapping[str, Any]], *, by: str, now: datetime
) -> Published:
    sent = [
        Sent(number, dict(held), json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode())
        for number, held in enumerate(objects, start=1)
    ]
    receiving = Receiving(vault, access_of_house(collection), now, definitions_in(objects))
    for batch in batches(sent, _BATCH):
        receiving.take(batch)
    details = {"objects": receiving.added, "refused": len(receiving.failures)}
    vault.ledger.append(by, "objects.published", collection.id, details, now)
    return Published(receiving.added, receiving.failures)
