"""No decision counts any more of an ad that shows something else than what was decided about."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_ads = sa.table(
    "ads", *(sa.column(name) for name in ("id", "decision_seq", "record")), sa.column("removed", sa.Boolean)
)
_decisions = sa.table("ad_decisions", *(sa.column(name) for name in ("seq", "record")))
_AT_ONCE = 5_000


def upgrade() -> None:
    """Let such ads be undecided, until they are imported again or a person looks."""
    connection, last = op.get_bind(), ""
    query = (
        sa.select(_ads.c.id, _ads.c.record, _decisions.c.record.label("decision"))
        .join(_decisions, _decisions.c.seq == _ads.c.decision_seq)
        .where(~_ads.c.removed)
        .order_by(_ads.c.id)
        .limit(_AT_ONCE)
    )
    overtaken = sa.update(_ads).where(_ads.c.id == sa.bindparam("of")).values(decision_seq=None)
    while rows := connection.execute(query.where(_ads.c.id > last)).all():
        of = [{"of": row.id} for row in rows if _digest_in(row.decision) != _content_digest(json.loads(row.record))]
        if of:
            connection.execute(overtaken, of)
        last = rows[-1].id


def _digest_in(decision: str) -> str:
    return str(json.loads(decision)["content_digest"])


def _content_digest(ad: dict[str, Any]) -> str:
    """Return `Ad.content_digest` as it was when this migration was written."""
    words = ("text", "disclaimer", "advertiser", "account_id", "payer", "payer_address", "registration_id", "country")
    told = {name: ad.get(name) for name in words} | {name: ad.get(name, []) for name in ("links", "media", "targeting")}
    told["declared_political"] = ad.get("declared_political", False)
    told["pictures"] = [picture["sha256"] for picture in ad.get("pictures", []) if picture.get("sha256")]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
