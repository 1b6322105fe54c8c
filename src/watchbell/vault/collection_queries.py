"""The question that every reading of a collection asks, built once for each of its shapes.

Two pages of the same shape differ in their values only, so the statement is made, and compiled, once.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, literal, or_, select

from watchbell.model.collections import Access, Wanted
from watchbell.vault.collection_adding import visible_to
from watchbell.vault.deliveries import TAXII
from watchbell.vault.schema_exchange import collection_objects, deliveries


class _Shape(NamedTuple):
    """Which conditions a question has."""

    ids: bool
    types: bool
    spec_versions: bool
    first: bool
    last: bool
    versions: bool
    bodies: bool


def page_query(wanted: Wanted, *, bodies: bool) -> Select[Any]:
    """Return the statement for the next objects of a page; it takes `page_values`, `after` and `most`."""
    some = not wanted.every
    return _query(
        _Shape(
            ids=bool(wanted.ids),
            types=bool(wanted.types),
            spec_versions=bool(wanted.spec_versions),
            first=some and wanted.first,
            last=some and wanted.last,
            versions=some and bool(wanted.versions),
            bodies=bodies,
        )
    )


def page_values(access: Access, wanted: Wanted) -> dict[str, Any]:
    """Return the values of the statement that `page_query` returns."""
    values: dict[str, Any] = {
        "collection": access.collection.id,
        "partner": access.partner_id,
        "clearance": access.clearance.rank,
    }
    lists = {
        "ids": wanted.ids,
        "types": wanted.types,
        "spec_versions": wanted.spec_versions,
        "versions": () if wanted.every else wanted.versions,
    }
    return values | {name: list(held) for name, held in lists.items() if held}


@lru_cache(maxsize=128)
def _query(shape: _Shape) -> Select[Any]:
    held = collection_objects.alias("held")
    columns = [held.c[name] for name in ("added", "object_id", "version", "partner_id", "marking_rank")]
    received = exists().where(
        deliveries.c.object_id == held.c.object_id,
        deliveries.c.version == held.c.version,
        deliveries.c.partner_id == bindparam("partner"),
        deliveries.c.way == TAXII,
    )
    return (
        select(*columns, (~received).label("is_new"), held.c.body if shape.bodies else literal(b"").label("body"))
        .where(
            held.c.collection_id == bindparam("collection"),
            held.c.added > bindparam("after"),
            _is_visible(held),
            ~_told_before(held),
            *_filters(held, shape),
        )
        .order_by(held.c.added)
        .limit(bindparam("most"))
    )


def _is_visible(objects: Any) -> ColumnElement[bool]:
    return visible_to(objects, bindparam("partner"), bindparam("clearance"))


def _told_before(held: Any) -> ColumnElement[bool]:
    """Return the condition that another partner, whom the caller hears, told of the object before."""
    other = collection_objects.alias("other")
    return exists().where(
        other.c.collection_id == held.c.collection_id,
        other.c.object_id == held.c.object_id,
        other.c.partner_id != held.c.partner_id,
        other.c.first_added < held.c.first_added,
        _is_visible(other),
    )


def _filters(held: Any, shape: _Shape) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for is_asked, column, name in (
        (shape.ids, held.c.object_id, "ids"),
        (shape.types, held.c.type, "types"),
        (shape.spec_versions, held.c.spec_version, "spec_versions"),
    ):
        if is_asked:
            found.append(column.in_(bindparam(name, expanding=True)))
    versions = _versions(held, shape)
    return [*found, or_(*versions)] if versions else found


def _versions(held: Any, shape: _Shape) -> list[ColumnElement[bool]]:
    """Return the conditions of which one must hold for a version; none where every version is asked for."""
    conditions: list[ColumnElement[bool]] = []
    if shape.first:
        conditions.append(~_other_version(held, later=False))
    if shape.last:
        conditions.append(~_other_version(held, later=True))
    if shape.versions:
        # An object without versions goes by the moment at which it was added.
        moment = func.coalesce(func.nullif(held.c.version_us, 0), held.c.added)
        conditions.append(moment.in_(bindparam("versions", expanding=True)))
    return conditions


def _other_version(held: Any, *, later: bool) -> ColumnElement[bool]:
    """Return the condition that the same partner told of a later (or an earlier) version that the caller hears."""
    version = collection_objects.alias("later" if later else "earlier")
    return exists().where(
        version.c.collection_id == held.c.collection_id,
        version.c.object_id == held.c.object_id,
        version.c.partner_id == held.c.partner_id,
        version.c.version_us > held.c.version_us if later else version.c.version_us < held.c.version_us,
        _is_visible(version),
    )
