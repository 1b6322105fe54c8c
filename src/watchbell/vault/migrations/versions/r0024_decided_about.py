"""Decisions name the content that they are about: that of the ad as it stood when each was taken."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from watchbell.vault.columns import Instant

revision = "0024"
down_revision = "0023"

_history = sa.table("ad_history", *(sa.column(name) for name in ("seq", "ad_id", "before")), sa.column("at", Instant))
_ads = sa.table("ads", sa.column("id"), sa.column("record"))
_decisions = sa.table(
    "ad_decisions",
    *(sa.column(name) for name in ("seq", "ad_id", "digest", "record")),
    sa.column("decided_at", Instant),
)
_AT_ONCE = 5_000


def upgrade() -> None:
    """Write the content's digest into every decision."""
    connection, last = op.get_bind(), 0
    taken, happened = _decisions.c, _history.c
    # What stood until the next thing that happened to the ad; where nothing did, what stands.
    until_then = (
        sa.select(happened.before)
        .where(happened.ad_id == taken.ad_id, happened.at > taken.decided_at, happened.before.is_not(None))
        .order_by(happened.seq)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(taken.seq, taken.record, sa.func.coalesce(until_then, _ads.c.record).label("ad"))
        .join(_ads, _ads.c.id == taken.ad_id)
        .order_by(taken.seq)
        .limit(_AT_ONCE)
    )
    change = (
        sa.update(_decisions)
        .where(taken.seq == sa.bindparam("of"))
        .values(record=sa.bindparam("whole"), digest=sa.bindparam("sealed"))
    )
    while rows := connection.execute(query.where(taken.seq > last)).all():
        connection.execute(change, [_told(row.seq, row.record, row.ad) for row in rows])
        last = rows[-1].seq


def _told(seq: int, record: str, ad: str) -> dict[str, Any]:
    decision = json.loads(record)
    decision = {"ad_id": decision.pop("ad_id"), "content_digest": _content_digest(json.loads(ad)), **decision}
    whole = json.dumps(decision, ensure_ascii=False, separators=(",", ":"))
    return {"of": seq, "whole": whole, "sealed": hashlib.sha256(whole.encode()).hexdigest()}


def _content_digest(ad: dict[str, Any]) -> str:
    """Return `Ad.content_digest` as it was when this migration was written."""
    words = ("text", "disclaimer", "advertiser", "account_id", "payer", "payer_address", "registration_id", "country")
    told = {name: ad.get(name) for name in words} | {name: ad.get(name, []) for name in ("links", "media", "targeting")}
    told["declared_political"] = ad.get("declared_political", False)
    told["pictures"] = [picture["sha256"] for picture in ad.get("pictures", []) if picture.get("sha256")]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
