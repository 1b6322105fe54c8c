"""The tables of what comes back. A change here needs a migration, as one in `schema.py` does."""

from sqlalchemy import Column, Table, Text

from watchbell.vault.columns import Instant, Plain
from watchbell.vault.schema import metadata

sightings = Table(
    "sightings",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("indicator_id", Plain, nullable=False, index=True),
    Column("last_seen", Instant, nullable=False),
    Column("record", Text, nullable=False),
)

opinions = Table(
    "opinions",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("indicator_id", Plain, nullable=False, index=True),
    Column("told_at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("indicator_id", Plain, nullable=False, index=True),
    Column("state", Plain, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)

# What was said of an indicator that is not here yet: one row for each indicator that an object speaks of.
waiting_feedback = Table(
    "waiting_feedback",
    metadata,
    Column("place", Plain, primary_key=True),
    Column("partner_id", Plain, primary_key=True),
    Column("object_id", Plain, primary_key=True),
    Column("indicator_id", Plain, primary_key=True, index=True),
    Column("told_at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)

government_requests = Table(
    "government_requests",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("state", Plain, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)

releases = Table(
    "releases",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("state", Plain, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)
