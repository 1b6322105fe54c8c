"""STIX 2.1 bundles out: indicators, and a case with what it rests on.

Each object carries its own TLP 2.0 marking, ids are the same for the same facts, and what STIX has no property for
stands in a property extension (STIX 2.1 section 7.3), never in an `x_` property.
"""

import importlib
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from watchbell.errors import MissingExtraError, NotAllowedError
from watchbell.exchange.marking import marking_id, marking_object
from watchbell.exchange.patterns import pattern_of
from watchbell.ids import WATCHBELL_NAMESPACE, fact_id
from watchbell.model.cases import Case, CaseStatus
from watchbell.model.evidence import EvidenceKind
from watchbell.model.indicators import Indicator, IndicatorKind
from watchbell.model.tlp import Tlp, strictest

EXTENSION = fact_id("extension-definition", "watchbell indicator 1")
_PROJECT = "Watchbell"
# Fixed, so that a definition or an identity is the same object in every bundle.
_FIXED = "2026-01-01T00:00:00.000Z"
_SCHEMA = (
    "published_as (string): the value as its publisher wrote it, defanging and all. "
    "techniques (list of string): names or ids of techniques, as published. "
    "platform (string): the platform that an account is on."
)
# The platforms of posts in STIX 2.1's vocabulary account-type-ov (section 10.1).
_ACCOUNT_TYPES = {"facebook", "twitter"}
_HASHES = {IndicatorKind.MD5, IndicatorKind.SHA1, IndicatorKind.SHA256, IndicatorKind.PACKAGE}


def bundle_of_indicators(indicators: Iterable[Indicator], *, operator: str, up_to: Tlp = Tlp.CLEAR) -> dict[str, Any]:
    """Return a STIX 2.1 bundle of the indicators that an audience cleared up to `up_to` may hear.

    Narrower ones are left out, and so are kinds that STIX has no object for (phone numbers, hashtags, text, PDQ).

    Args:
        indicators: any; each once.
        operator: name of the organisation that shares them.
        up_to: the narrowest marking that may leave.

    Raises:
        MissingExtraError: the extra `desk`, which brings stix2, is not installed.
    """
    kept = list(_sharable(indicators, up_to))
    return _bundle([_indicator(indicator) for indicator in kept], {operator, *(held.source for held in kept)})


def bundle_of_case(
    case: Case, indicators: Iterable[Indicator], *, operator: str, now: datetime, up_to: Tlp | None = None
) -> dict[str, Any]:
    """Return a STIX 2.1 bundle that tells of a case: its indicators, its accounts, its evidence, how sure we are.

    A case that a person confirmed is a Report, any other a Grouping ("not a finished product", STIX 2.1 section 4.5).
    It carries the strictest marking of the case and of what it refers to.

    Args:
        case: the case.
        indicators: those that belong to it; those narrower than `up_to` are left out.
        operator: name of the organisation that shares it.
        now: when it is shared; a Report says so.
        up_to: the narrowest marking that may leave; without it, the case's own.

    Raises:
        NotAllowedError: the case itself is marked narrower than `up_to`.
        MissingExtraError: the extra `desk`, which brings stix2, is not installed.
    """
    limit = case.tlp if up_to is None else up_to
    if case.tlp.rank > limit.rank:
        raise NotAllowedError(f"The case is marked TLP:{case.tlp.upper()}, so it cannot go to TLP:{limit.upper()}.")
    kept = list(_sharable(indicators, limit))
    label = strictest([case.tlp, *(indicator.tlp for indicator in kept)])
    author = fact_id("identity", operator)
    parts = [_indicator(indicator) for indicator in kept]
    parts += _observed_accounts(case, author, label)
    whole = _case_object(case, [part["id"] for part in parts] or [author], author, label, now)
    notes = _notes(case, whole["id"], author, label)
    return _bundle([*parts, whole, *notes], {operator, *(indicator.source for indicator in kept)})


def _stix2() -> Any:
    try:
        return importlib.import_module("stix2")
    except ModuleNotFoundError as error:
        raise MissingExtraError("Writing STIX", "desk") from error


def _made(kind: str, **properties: Any) -> dict[str, Any]:
    """Return an object as stix2 checks and writes it; `kind` is the name of its class."""
    made = getattr(_stix2().v21, kind)(**properties)
    plain: dict[str, Any] = json.loads(made.serialize())
    return plain


def _identity(name: str) -> dict[str, Any]:
    return _made(
        "Identity",
        id=fact_id("identity", name),
        name=name,
        identity_class="organization",
        created=_FIXED,
        modified=_FIXED,
    )


def _sharable(indicators: Iterable[Indicator], up_to: Tlp) -> Iterator[Indicator]:
    once = {indicator.id: indicator for indicator in indicators}
    return (held for _, held in sorted(once.items()) if held.tlp.rank <= up_to.rank and pattern_of(held) is not None)


def _indicator(indicator: Indicator) -> dict[str, Any]:
    extension: dict[str, Any] = {"extension_type": "property-extension", "published_as": indicator.published_as}
    if indicator.techniques:
        extension["techniques"] = list(indicator.techniques)
    return _made(
        "Indicator",
        id=indicator.id,
        created_by_ref=fact_id("identity", indicator.source),
        created=indicator.created,
        modified=indicator.modified,
        name=f"{indicator.kind}: {indicator.value}",
        description=indicator.description or f"Published by {indicator.source} as {indicator.published_as}",
        indicator_types=["malicious-activity" if indicator.kind in _HASHES else "anomalous-activity"],
        pattern=pattern_of(indicator),
        pattern_type="stix",
        pattern_version="2.1",
        valid_from=indicator.valid_from,
        valid_until=indicator.valid_until,
        revoked=indicator.revoked,
        confidence=indicator.confidence,
        object_marking_refs=[marking_id(indicator.tlp)],
        extensions={EXTENSION: extension},
    )


def _case_object(case: Case, refs: Sequence[str], author: str, label: Tlp, now: datetime) -> dict[str, Any]:
    confirmed = case.status is CaseStatus.CONFIRMED
    told: dict[str, Any] = (
        {"report_types": ["campaign"], "published": now} if confirmed else {"context": "suspicious-activity"}
    )
    kind = "Report" if confirmed else "Grouping"
    return _made(
        kind,
        id=f"{kind.lower()}--{case.id.partition('--')[2]}",
        created_by_ref=author,
        created=case.opened_at,
        modified=case.modified_at,
        name=case.title,
        description=case.summary,
        object_refs=list(refs),
        object_marking_refs=[marking_id(label)],
        labels=["synthetic"] if case.synthetic else None,
        **told,
    )


def _notes(case: Case, subject: str, author: str, label: Tlp) -> Iterator[dict[str, Any]]:
    yield _note(case, subject, author, label, ("How sure we are, and what could be wrong", case.certainty))
    for piece in case.evidence:
        yield _note(case, subject, author, label, (f"Evidence: {piece.kind} {piece.subject}", piece.summary))


def _note(case: Case, subject: str, author: str, label: Tlp, words: tuple[str, str]) -> dict[str, Any]:
    abstract, content = words
    return _made(
        "Note",
        id=fact_id("note", case.id, abstract, content),
        created_by_ref=author,
        created=case.modified_at,
        modified=case.modified_at,
        abstract=abstract,
        content=content or "Nothing was written.",
        object_refs=[subject],
        object_marking_refs=[marking_id(label)],
    )


def _observed_accounts(case: Case, author: str, label: Tlp) -> Iterator[dict[str, Any]]:
    """Yield, for each detected group in the evidence, its accounts and when they were seen acting."""
    given: set[str] = set()
    for piece in case.evidence:
        if piece.kind is not EvidenceKind.GROUP or not piece.data.keys() >= {"accounts", "first_at", "last_at"}:
            continue
        members = [_account(account, label) for account in piece.data["accounts"]]
        yield from (member for member in members if member["id"] not in given)
        given |= {member["id"] for member in members}
        yield _made(
            "ObservedData",
            id=fact_id("observed-data", case.id, piece.subject),
            created_by_ref=author,
            created=piece.added_at,
            modified=piece.added_at,
            first_observed=piece.data["first_at"],
            last_observed=piece.data["last_at"],
            number_observed=1,
            object_refs=[member["id"] for member in members],
            object_marking_refs=[marking_id(label)],
        )


def _account(account: str, label: Tlp) -> dict[str, Any]:
    """Return an account as STIX has it; its platform stands in the extension where STIX's own list lacks it."""
    platform, _, name = account.partition(":")
    listed = {"account_type": platform} if platform in _ACCOUNT_TYPES else {}
    return _made(
        "UserAccount",
        id=f"user-account--{uuid.uuid5(WATCHBELL_NAMESPACE, account)}",
        user_id=name,
        object_marking_refs=[marking_id(label)],
        extensions={EXTENSION: {"extension_type": "property-extension", "platform": platform}},
        **listed,
    )


def _bundle(objects: Sequence[dict[str, Any]], names: Iterable[str]) -> dict[str, Any]:
    """Return the bundle of some objects, with the identities and definitions that they refer to."""
    extended = any(EXTENSION in held.get("extensions", {}) for held in objects)
    authors = [_identity(name) for name in sorted({*names, *([_PROJECT] if extended else [])})]
    refs = {ref for held in objects for ref in held.get("object_marking_refs", ())}
    definitions = [marking_object(label) for label in Tlp if marking_id(label) in refs]
    definitions += [_extension_definition()] if extended else []
    held = [*definitions, *authors, *objects]
    stamp = [f"{part['id']}@{part.get('modified', '')}" for part in held]
    return {"type": "bundle", "id": fact_id("bundle", *stamp), "objects": held}


def _extension_definition() -> dict[str, Any]:
    return _made(
        "ExtensionDefinition",
        id=EXTENSION,
        created_by_ref=fact_id("identity", _PROJECT),
        created=_FIXED,
        modified=_FIXED,
        name="Watchbell indicator",
        description="What a publisher of indicators wrote beside the pattern made of it, and where an account is.",
        schema=_SCHEMA,
        version="1.0.0",
        extension_types=["property-extension"],
    )
