"""How many ads there are, by what they are: one look at one state of the database."""

from collections import Counter
from typing import Any

from sqlalchemy import Connection, func, select

from watchbell.model.advertisers import Advertiser
from watchbell.vault.database import Database
from watchbell.vault.schema import ad_decisions, ad_history, ads
from watchbell.vault.schema_advertisers import advertisers, paid_ads

Counts = dict[str, dict[str, int]]
"""By field, by value; "" where nobody says."""


class AdCountShelf:
    """Counts of a vault's ads."""

    def __init__(self, database: Database) -> None:
        """Read `database`."""
        self._database = database

    def now(self) -> tuple[int, int, Counts]:
        """Return the number of the last entry of the history, how many ads there are, and the counts by field.

        Every ad is counted once for each field: by `verdict`, whether it was `removed`, by `source`, `platform`,
        `country` and `payer_country`, where the advertiser who shows that they paid is registered.
        """
        with self._database.read() as connection:
            last = connection.scalar(select(func.max(ad_history.c.seq))) or 0
            whole = connection.scalar(select(func.count()).select_from(ads)) or 0
            by: Counts = {name: _by(connection, ads.c[name]) for name in ("source", "platform", "country")}
            removed = connection.scalar(select(func.count()).where(ads.c.removed)) or 0
            by["removed"] = {"no": whole - removed, "yes": removed}
            by["verdict"] = _by(connection, ad_decisions.c.verdict)
            by["payer_country"] = _payer_countries(connection, whole)
        return last, whole, by


def _by(connection: Connection, column: Any) -> dict[str, int]:
    joined = ads.outerjoin(ad_decisions, ads.c.decision_seq == ad_decisions.c.seq)
    of = joined if column.table is ad_decisions else ads
    query = select(func.coalesce(column, "").label("value"), func.count().label("ads")).select_from(of)
    return {row.value: row.ads for row in connection.execute(query.group_by("value").order_by("value"))}


def _payer_countries(connection: Connection, whole: int) -> dict[str, int]:
    query = select(advertisers.c.record, func.count().label("ads"))
    query = query.join(paid_ads, paid_ads.c.advertiser_id == advertisers.c.id)
    found: Counter[str] = Counter()
    for row in connection.execute(query.group_by(advertisers.c.id, advertisers.c.record)):
        found[Advertiser.model_validate_json(row.record).jurisdiction] += row.ads
    return {"": whole - found.total(), **dict(sorted(found.items()))}
