"""The tables. Typed columns are what is searched or sorted; `record` is the whole record as pydantic writes it.

`record` is text rather than a JSON type: pydantic reads and writes it directly, and both databases keep it as it is.
A change here needs a migration in `migrations/versions/`; a test compares the two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from watchbell.vault.columns import Instant, Plain

metadata = MetaData()

HEAD = "0026"
"""Revision of the last migration, which makes the tables as they are here."""

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
SEQUENCE = BigInteger().with_variant(Integer, "sqlite")

indicators = Table(
    "indicators",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("kind", Plain, nullable=False),
    Column("tlp_rank", SmallInteger, nullable=False),
    Column("modified", Instant, nullable=False),
    Column("words", Plain, nullable=False),
    Column("record", Text, nullable=False),
    Column("group_id", Plain),
    Column("revoked", Boolean, nullable=False, server_default=false()),
)

# What an indicator was before: the version that stands is in `indicators`.
indicator_versions = Table(
    "indicator_versions",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("modified", Instant, primary_key=True),
    Column("record", Text, nullable=False),
)

hits = Table(
    "hits",
    metadata,
    Column("hit_id", Plain, primary_key=True),
    Column("indicator_id", Plain, nullable=False),
    Column("indicator_kind", Plain, nullable=False),
    Column("indicator_value", Plain, nullable=False),
    Column("source", Plain, nullable=False),
    Column("tlp", Plain, nullable=False),
    Column("target_kind", Plain, nullable=False),
    Column("target_id", Plain, nullable=False),
    Column("platform", Plain),
    Column("account_id", Plain),
    Column("at", Instant),
    Column("field", Plain, nullable=False),
    Column("matched", Plain, nullable=False),
    Column("relation", Plain, nullable=False),
    Column("place", Integer),
    Column("confidence", SmallInteger),
    Column("reason", Plain),
    Column("remark", Plain),
    Index("hits_by_target", "target_kind", "target_id"),
    Index("hits_by_time", "at", "hit_id"),
    Index("hits_by_indicator", "indicator_id"),
)

ads = Table(
    "ads",
    metadata,
    Column("id", Plain, primary_key=True),
    # The filters are folded (`columns.folded`): the record has them as the source wrote them.
    Column("source", Plain, nullable=False),
    Column("platform", Plain, nullable=False),
    Column("advertiser", Plain, nullable=False),
    Column("payer", Plain, nullable=False),
    Column("country", Plain, nullable=False),
    Column("declared_political", Boolean, nullable=False),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    # Lower bound of what the source gives, in the source's currency.
    Column("spend", Double),
    # As `adwords.words_of` cuts them. Their full-text index, and the indexes in the orders in which ads are shown,
    # differ between the databases: migration 0007 makes them.
    Column("words", Plain, nullable=False),
    # The decision that counts; no foreign key, for decisions already point at ads.
    Column("decision_seq", SEQUENCE),
    Column("removed", Boolean, nullable=False, server_default=false()),
    Column("record", Text, nullable=False),
    Index("ads_by_decision", "decision_seq"),
    Index("ads_by_payer", "payer"),
)

# What happened to each ad, one entry after another; nothing here is ever changed. No foreign key: an entry outlives an
# ad that vanished, and tells of it.
ad_history = Table(
    "ad_history",
    metadata,
    Column("seq", SEQUENCE, primary_key=True),
    Column("ad_id", Plain, nullable=False),
    Column("at", Instant, nullable=False),
    Column("event", Plain, nullable=False),
    # SHA-256 of the record that stood from then on, as it is written in `ads`.
    Column("digest", Plain, nullable=False),
    # The record that stood until then; NULL where there was none.
    Column("before", Text),
    # Why a removed ad was put back; NULL for all else.
    Column("restoration", Text),
    Index("ad_history_by_ad", "ad_id", "seq"),
)

ad_decisions = Table(
    "ad_decisions",
    metadata,
    Column("seq", SEQUENCE, primary_key=True),
    Column("ad_id", Plain, ForeignKey("ads.id"), nullable=False),
    Column("verdict", Plain, nullable=False),
    Column("political", Boolean, nullable=False),
    Column("decided_at", Instant, nullable=False),
    # SHA-256 of the record: the same decision told twice is one.
    Column("digest", Plain, nullable=False),
    Column("record", Text, nullable=False),
    UniqueConstraint("ad_id", "digest", name="ad_decisions_once"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("status", Plain, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)

partners = Table(
    "partners",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("record", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("username", Plain, primary_key=True),
    Column("disabled", Boolean, nullable=False),
    Column("record", Text, nullable=False),
)

# Who is deciding about what (an ad, evidence, a disclaimer, an appeal), and until when nobody else may. Whoever runs a
# command has no account, so the name is no foreign key.
claims = Table(
    "claims",
    metadata,
    Column("subject", Plain, primary_key=True),
    Column("username", Plain, nullable=False),
    Column("until", Instant, nullable=False),
)

# Tries to sign in or to enter a code that have not succeeded, by the hash of the name that was given.
attempts = Table(
    "attempts",
    metadata,
    Column("name_hash", Plain, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Plain, primary_key=True),
    Column("username", Plain, ForeignKey("users.username"), nullable=False),
    Column("expires_at", Instant, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", Plain, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("summary", Text, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("actor", Plain, nullable=False),
    Column("event", Plain, nullable=False),
    Column("subject", Plain, nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", Plain, nullable=False),
    Column("hash", Plain, nullable=False),
    Index("ledger_by_subject", "subject"),
)
