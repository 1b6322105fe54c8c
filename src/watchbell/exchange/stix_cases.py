"""STIX 2.1 bundles out: a case with what it rests on, and how sure its authors are.

The case is a Grouping, or a Report once a person has confirmed it, around a Campaign: the suspected operation. Accounts
that acted together are observed data, what partners' indicators were found in is a sighting, techniques are attack
patterns of DISARM. No intrusion set and no threat actor is written: who is behind it is a person's judgement.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watchbell.errors import NotAllowedError
from watchbell.exchange.disarm import techniques_named
from watchbell.exchange.published import day
from watchbell.exchange.stix_parts import (
    SYNTHETIC,
    attack_pattern,
    bundle,
    extended,
    identity_id,
    instant,
    relationship,
    stix_object,
)
from watchbell.exchange.stix_writing import indicator_object, sharable
from watchbell.ids import WATCHBELL_NAMESPACE, fact_id
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.evidence import Evidence, EvidenceKind
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.techniques import NAMES
from watchbell.model.tlp import Tlp, strictest

# The platforms of posts in STIX 2.1's vocabulary account-type-ov (section 10.1).
_ACCOUNT_TYPES = {"facebook", "twitter"}
_NETWORK = {IndicatorKind.DOMAIN, IndicatorKind.URL, IndicatorKind.IP, IndicatorKind.CIDR}
_OPINIONS = {CaseStatus.CONFIRMED: "agree", CaseStatus.DISMISSED: "strongly-disagree"}


@dataclass(frozen=True, slots=True)
class _Telling:
    """What holds for every object of a case's bundle."""

    case: Case
    author: str
    marked: Tlp
    names: Mapping[str, str]
    """Id of a technique of DISARM → its name."""

    def object(self, kind: str, *facts: str, at: datetime | None = None, **properties: Any) -> dict[str, Any]:
        """Return an object of the case, whose id is made of the house, the case and `facts`.

        Two houses that found the same thing have a case of the same id, and each tells of it in its own words.
        """
        return stix_object(
            kind,
            fact_id(kind, self.author, self.case.id, *facts),
            self.marked,
            created_by_ref=self.author,
            created=at or self.case.opened_at,
            modified=at or self.case.modified_at,
            **properties,
            labels=[SYNTHETIC] if self.case.synthetic else None,
        )

    def link(self, source: str, kind: str, target: str) -> dict[str, Any]:
        """Return a relationship that the case tells."""
        held = relationship(source, kind, target, self.marked, by=self.author, at=self.case.modified_at)
        return held | {"created": instant(self.case.opened_at)}


def bundle_of_case(
    case: Case,
    indicators: Iterable[Indicator],
    *,
    operator: str,
    up_to: Tlp | None = None,
    technique_names: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a STIX 2.1 bundle that tells of a case: its indicators, its accounts, its evidence, how sure we are.

    A case that a person confirmed is a Report, any other a Grouping ("not a finished product", STIX 2.1 section 4.5).
    It carries the strictest marking of the case and of what it refers to. Told again after the case has changed, it is
    a later version of the same objects.

    Args:
        case: the case.
        indicators: those that belong to it; those narrower than `up_to` are left out.
        operator: name of the organisation that shares it.
        up_to: the narrowest marking that may leave; without it, the case's own.
        technique_names: id of a technique of DISARM → its name, from the framework that the operator brought in;
            without it only the techniques are told that Watchbell itself speaks of.

    Raises:
        NotAllowedError: the case itself is marked narrower than `up_to`.
    """
    limit = case.tlp if up_to is None else up_to
    if case.tlp.rank > limit.rank:
        raise NotAllowedError(f"The case is marked TLP:{case.tlp.upper()}, so it cannot go to TLP:{limit.upper()}.")
    kept = list(sharable(indicators, limit))
    label = strictest([case.tlp, *(indicator.tlp for indicator in kept)])
    tell = _Telling(case, identity_id(operator), label, {**(technique_names or {}), **NAMES})
    campaign = _campaign(tell)
    parts = [campaign, *(indicator_object(indicator) for indicator in kept)]
    parts += [*_observed(tell), *_sightings(tell, {held.id for held in kept})]
    parts += [*_infrastructure(tell, campaign["id"], kept), *_techniques(tell, campaign["id"], kept)]
    parts += [tell.link(held.id, "indicates", campaign["id"]) for held in kept]
    parts = list({part["id"]: part for part in parts}.values())
    whole = _whole(tell, [part["id"] for part in parts])
    words = [*_notes(tell, campaign["id"]), *_opinion(tell, campaign["id"])]
    return bundle([*parts, whole, *words], {operator, *(indicator.source for indicator in kept)})


def _campaign(tell: _Telling) -> dict[str, Any]:
    seen = [at for piece in tell.case.evidence for at in _period(piece)]
    return tell.object(
        "campaign",
        name=tell.case.title,
        description=f"{tell.case.summary} {tell.case.certainty}".strip(),
        first_seen=min(seen, default=None),
        last_seen=max(seen, default=None),
    )


def _whole(tell: _Telling, refs: list[str]) -> dict[str, Any]:
    case = tell.case
    confirmed = case.status is CaseStatus.CONFIRMED
    kind = "report" if confirmed else "grouping"
    told: dict[str, Any] = (
        {"report_types": ["campaign"], "published": case.modified_at}
        if confirmed
        else {"context": "suspicious-activity"}
    )
    return tell.object(kind, name=case.title, description=case.summary, object_refs=refs, **told)


def _notes(tell: _Telling, subject: str) -> Iterator[dict[str, Any]]:
    yield _note(tell, subject, "certainty", ("How sure we are, and what could be wrong", tell.case.certainty))
    for piece in tell.case.evidence:
        yield _note(tell, subject, piece.id, (f"Evidence: {piece.kind} {piece.subject}", piece.summary))


def _note(tell: _Telling, subject: str, fact: str, words: tuple[str, str]) -> dict[str, Any]:
    abstract, content = words
    content = content or "Nothing was written."
    return tell.object("note", fact, abstract=abstract, content=content, object_refs=[subject])


def _opinion(tell: _Telling, subject: str) -> Iterator[dict[str, Any]]:
    """Yield what the person who judged the case thinks of it, once somebody has."""
    opinion = _OPINIONS.get(tell.case.status)
    if opinion is not None:
        reasons = [piece.summary for piece in tell.case.evidence if piece.data.get("to") == tell.case.status]
        told = reasons[-1] if reasons else tell.case.certainty
        yield tell.object("opinion", explanation=told, opinion=opinion, object_refs=[subject])


def _observed(tell: _Telling) -> Iterator[dict[str, Any]]:
    """Yield the accounts of each group, burst and post in the evidence, and when they were seen acting."""
    for piece in tell.case.evidence:
        period, accounts = _period(piece), _accounts_of(piece)
        if not period or not accounts:
            continue
        members = [_account(account, tell.marked) for account in accounts]
        yield from members
        yield tell.object(
            "observed-data",
            piece.subject,
            at=piece.added_at,
            first_observed=period[0],
            last_observed=period[-1],
            number_observed=1,
            object_refs=[member["id"] for member in members],
        )


def _accounts_of(piece: Evidence) -> list[str]:
    told = piece.data.get("accounts") if piece.kind is EvidenceKind.GROUP else [piece.data.get("account_id")]
    return [str(account) for account in told or () if account]


def _period(piece: Evidence) -> list[datetime]:
    """Return when what a piece tells of was seen: first and last, or once; nothing where it does not say."""
    told = [piece.data.get(name) for name in ("first_at", "last_at", "at")]
    return sorted(at for at in (day(str(text)) for text in told if text) if at is not None)


def _account(account: str, marked: Tlp) -> dict[str, Any]:
    """Return an account as STIX has it; its platform stands in the extension where STIX's own list lacks it."""
    platform, _, name = account.partition(":")
    return stix_object(
        "user-account",
        f"user-account--{uuid.uuid5(WATCHBELL_NAMESPACE, account)}",
        marked,
        user_id=name or account,
        account_type=platform if platform in _ACCOUNT_TYPES else None,
        extensions=extended(platform=platform),
    )


def _sightings(tell: _Telling, kept: set[str]) -> Iterator[dict[str, Any]]:
    """Yield how often each indicator of the case was found, and that it was we who found it."""
    for piece in tell.case.evidence:
        indicator = piece.data.get("indicator_id")
        if piece.kind is not EvidenceKind.HIT or indicator not in kept:
            continue
        found = piece.data.get("posts") or piece.data.get("ads") or 1
        yield tell.object(
            "sighting",
            piece.subject,
            at=piece.added_at,
            description=piece.summary,
            count=min(int(found), 999_999_999),  # the most that STIX allows (section 5.2)
            sighting_of_ref=indicator,
            where_sighted_refs=[tell.author],
        )


def _infrastructure(tell: _Telling, campaign: str, kept: list[Indicator]) -> Iterator[dict[str, Any]]:
    """Yield the hosts and pages of the case as one infrastructure that the campaign uses."""
    hosts = [held for held in kept if held.kind in _NETWORK]
    if not hosts:
        return
    whole = tell.object(
        "infrastructure",
        name=f"Hosts and pages of: {tell.case.title}",
        description="Sharing a link to one of them proves no part in the operation.",
        infrastructure_types=["unknown"],
    )
    yield whole
    yield tell.link(campaign, "uses", whole["id"])
    yield from (tell.link(held.id, "indicates", whole["id"]) for held in hosts)


def _techniques(tell: _Telling, campaign: str, kept: list[Indicator]) -> Iterator[dict[str, Any]]:
    """Yield each technique that the evidence or an indicator names, and that the campaign uses it."""
    named = [name for piece in tell.case.evidence for name in _names_in(piece)]
    named += [name for held in kept for name in held.techniques]
    for disarm_id in sorted(set(techniques_named(named)) & tell.names.keys()):
        held = attack_pattern(disarm_id, tell.names[disarm_id], is_loaded=disarm_id not in NAMES)
        yield held
        yield tell.link(campaign, "uses", held["id"])


def _names_in(piece: Evidence) -> Iterator[str]:
    """Yield the techniques that a piece names, and the codes of the ad rules that it says were touched."""
    yield from (str(name) for name in piece.data.get("techniques") or ())
    if piece.kind is EvidenceKind.AD_DECISION:
        yield from (str(finding.get("code")) for finding in piece.data.get("policies") or ())
