"""Which rows an audience may hear: the rule of `model.audiences.Audience.hears`, asked in SQL.

Asked there, so that pages are full, counts tell nothing of what is withheld, and a search cannot feel for it.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from watchbell.model.audiences import Audience


def heard(audience: Audience | None, rank: ColumnElement[Any], group: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a row of this marking and trust group may be heard; None is the house itself."""
    if audience is None:
        return true()
    inside = (and_(group == name, rank <= limit.rank) for name, limit in sorted(audience.groups.items()))
    return or_(and_(group.is_(None), rank <= audience.clearance.rank), *inside)
