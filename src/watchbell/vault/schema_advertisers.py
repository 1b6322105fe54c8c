"""The tables of advertisers. A change here needs a migration, as one in `schema.py` does."""

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, Text

from watchbell.vault.columns import Instant, Plain
from watchbell.vault.schema import metadata

advertisers = Table(
    "advertisers",
    metadata,
    Column("id", Plain, primary_key=True),
    # What was last noted in the ledger; what holds now follows from the evidence.
    Column("state", Plain, nullable=False),
    Column("record", Text, nullable=False),
)

advertiser_evidence = Table(
    "advertiser_evidence",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("advertiser_id", Plain, ForeignKey("advertisers.id"), nullable=False, index=True),
    Column("verdict", Plain, nullable=False),
    Column("given_at", Instant, nullable=False),
    # A keyed hash of what belongs to one advertiser alone, such as the number of a document.
    Column("fingerprint", Plain, index=True),
    Column("record", Text, nullable=False),
)

sent_codes = Table(
    "sent_codes",
    metadata,
    Column("evidence_id", Plain, ForeignKey("advertiser_evidence.id"), primary_key=True),
    Column("record", Text, nullable=False),
)

identity_documents = Table(
    "identity_documents",
    metadata,
    Column("evidence_id", Plain, ForeignKey("advertiser_evidence.id"), primary_key=True),
    # Encrypted with a key that is not in the database.
    Column("sealed", LargeBinary, nullable=False),
    # From when it is deleted.
    Column("delete_at", Instant, nullable=False, index=True),
)

payer_disclaimers = Table(
    "payer_disclaimers",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("advertiser_id", Plain, ForeignKey("advertisers.id"), nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)

appeals = Table(
    "appeals",
    metadata,
    Column("id", Plain, primary_key=True),
    Column("ad_id", Plain, ForeignKey("ads.id"), nullable=False, index=True),
    Column("state", Plain, nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
    Column("record", Text, nullable=False),
)

# From which accounts advertisers' ads run; platform and account are folded (`columns.folded`).
ad_accounts = Table(
    "ad_accounts",
    metadata,
    Column("platform", Plain, primary_key=True),
    Column("account", Plain, primary_key=True),
    Column("advertiser_id", Plain, ForeignKey("advertisers.id"), nullable=False, index=True),
    Column("record", Text, nullable=False),
)

# Which ads are whose.
paid_ads = Table(
    "paid_ads",
    metadata,
    Column("ad_id", Plain, ForeignKey("ads.id"), primary_key=True),
    Column("advertiser_id", Plain, ForeignKey("advertisers.id"), nullable=False, index=True),
    Column("record", Text, nullable=False),
)

# What accounts showed of themselves, and when first; platform and account are folded.
account_faces = Table(
    "account_faces",
    metadata,
    Column("platform", Plain, primary_key=True),
    Column("account", Plain, primary_key=True),
    Column("name", Plain, primary_key=True),
    # Two-letter codes, sorted, a space between.
    Column("countries", Plain, primary_key=True),
    Column("first_at", Instant, nullable=False),
)
