"""The tables of the exchange with partners. A change here needs a migration, as one in `schema.py` does."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, SmallInteger, Table, Text

from watchbell.vault.columns import Instant, Plain
from watchbell.vault.schema import metadata

trust_groups = Table(
    "trust_groups",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("record", Text, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("partner_id", Plain, ForeignKey("partners.id"), primary_key=True),
    Column("group_id", Plain, ForeignKey("trust_groups.id"), primary_key=True),
    Column("begins_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("record", Text, nullable=False),
)

machine_accounts = Table(
    "machine_accounts",
    metadata,
    Column("username", Plain, primary_key=True),
    Column("partner_id", Plain, ForeignKey("partners.id"), nullable=False, index=True),
    Column("token_hash", Plain, nullable=False, unique=True),
    Column("certificate", Plain, unique=True),
    Column("record", Text, nullable=False),
)

enrolments = Table(
    "enrolments",
    metadata,
    Column("link_hash", Plain, primary_key=True),
    Column("partner_id", Plain, ForeignKey("partners.id"), nullable=False),
    Column("used_at", Instant),
    Column("record", Text, nullable=False),
)

collections = Table(
    "collections",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("alias", Plain, unique=True),
    Column("group_id", Plain, ForeignKey("trust_groups.id")),
    Column("partner_id", Plain, ForeignKey("partners.id")),
    # Microseconds since 1970 of the last object added. Whoever adds holds this row until they commit, so that
    # moments are handed out, and become visible, one after another.
    Column("last_added", BigInteger, nullable=False),
    Column("record", Text, nullable=False),
)

collection_objects = Table(
    "collection_objects",
    metadata,
    Column("collection_id", Plain, ForeignKey("collections.id"), primary_key=True),
    # Microseconds since 1970; every object of a collection has its own.
    Column("added", BigInteger, primary_key=True, autoincrement=False),
    # When its partner first added any version of it here: the first to tell of an id is the one who speaks for it.
    Column("first_added", BigInteger, nullable=False),
    Column("object_id", Plain, nullable=False),
    Column("type", Plain, nullable=False),
    Column("spec_version", Plain, nullable=False),
    Column("version", Plain, nullable=False),
    # 0 for an object that has no versions.
    Column("version_us", BigInteger, nullable=False),
    Column("partner_id", Plain, nullable=False),
    Column("heard_rank", SmallInteger, nullable=False),
    Column("marking_rank", SmallInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("collection_objects_by_id", "collection_id", "object_id", "partner_id", "version_us", unique=True),
)

# What an object is nothing without: of each of its needs, by number, a reader must hear one object.
collection_needs = Table(
    "collection_needs",
    metadata,
    Column("collection_id", Plain, ForeignKey("collections.id"), primary_key=True),
    Column("object_id", Plain, primary_key=True),
    Column("partner_id", Plain, primary_key=True),
    Column("version_us", BigInteger, primary_key=True, autoincrement=False),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("ref_id", Plain, primary_key=True),
    # Whether every part of it must be heard.
    Column("whole", Boolean, nullable=False),
    # The rank from which the object itself is heard, by its own markings.
    Column("own_rank", SmallInteger, nullable=False),
    Index("collection_needs_by_ref", "collection_id", "ref_id"),
)

adds = Table(
    "adds",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("partner_id", Plain, ForeignKey("partners.id"), nullable=False),
    Column("username", Plain, nullable=False),
    Column("pending", Boolean, nullable=False),
    # Until when a process works at it; after that another may take over.
    Column("claimed_until", Instant),
    # The envelope, kept until its objects are in the collection.
    Column("envelope", LargeBinary),
    Column("record", Text, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("object_id", Plain, primary_key=True),
    Column("version", Plain, primary_key=True),
    Column("partner_id", Plain, primary_key=True),
    # How it left the house: 'taxii', or the name of another way out.
    Column("way", Plain, primary_key=True),
    # The first time.
    Column("at", Instant, nullable=False),
    Index("deliveries_by_partner", "partner_id", "at"),
)

peers = Table(
    "peers",
    metadata,
    Column("name", Plain, primary_key=True),
    Column("partner_id", Plain, ForeignKey("partners.id"), nullable=False),
    Column("record", Text, nullable=False),
)

peer_checkpoints = Table(
    "peer_checkpoints",
    metadata,
    Column("peer", Plain, ForeignKey("peers.name"), primary_key=True),
    Column("collection_id", Plain, primary_key=True),
    Column("part", Plain, primary_key=True),
    Column("record", Text, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("partner_id", Plain, ForeignKey("partners.id"), nullable=False, index=True),
    # Until when a process tells it what is new; after that another may.
    Column("claimed_until", Instant),
    Column("record", Text, nullable=False),
)
