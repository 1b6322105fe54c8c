"""The tables behind the library's public pages. A change here needs a migration, as one in `schema.py` does."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from watchbell.vault.columns import Instant, Plain
from watchbell.vault.schema import metadata

# Ads whose words are nearly the same. What is like no other ad is not here.
ad_likeness = Table(
    "ad_likeness",
    metadata,
    Column("ad_id", Plain, ForeignKey("ads.id"), primary_key=True),
    # The first id among those that are alike.
    Column("group_id", Plain, nullable=False),
    Index("ad_likeness_by_group", "group_id"),
)

# Ads that show nearly the same picture; one that has several pictures may be in several groups.
ad_picture_likeness = Table(
    "ad_picture_likeness",
    metadata,
    Column("ad_id", Plain, ForeignKey("ads.id"), primary_key=True),
    # The SHA-256 of one of the group's pictures.
    Column("group_id", Plain, primary_key=True),
    Index("ad_picture_likeness_by_group", "group_id"),
)

ad_flags = Table(
    "ad_flags",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("ad_id", Plain, ForeignKey("ads.id"), nullable=False),
    Column("state", Plain, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("record", Text, nullable=False),
    Index("ad_flags_by_due", "state", "due_at", "id"),
    Index("ad_flags_by_ad", "ad_id"),
)

# What an ad's transparency notice said, version by version; rows are added and never changed.
ad_notices = Table(
    "ad_notices",
    metadata,
    Column("ad_id", Plain, ForeignKey("ads.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)

# What sponsors declare of their ads for the notices; rows are added and never changed.
ad_declarations = Table(
    "ad_declarations",
    metadata,
    Column("ad_id", Plain, ForeignKey("ads.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)

# Sums over many ads, for the library's overview: of a country and a span of time each, all made anew every night.
ad_overviews = Table(
    "ad_overviews",
    metadata,
    # Empty: all countries.
    Column("country", Plain, primary_key=True),
    # A year, a month or an election; empty: all of the time.
    Column("span", Plain, primary_key=True),
    Column("ads", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)
