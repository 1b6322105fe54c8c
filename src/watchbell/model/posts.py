"""Posts in bulk: one row for each thing an account published."""

import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")

MEDIA = pa.struct([("sha256", pa.string()), ("pdq", pa.string()), ("url", pa.string())])

POSTS = pa.schema(
    [
        pa.field("platform", pa.string(), nullable=False),
        # `platform:id`, so that accounts of several platforms can stand in one table.
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("post_id", pa.string(), nullable=False),
        pa.field("created_at", TIMESTAMP, nullable=False),
        pa.field("text", pa.string()),
        pa.field("lang", pa.string()),
        pa.field("links", pa.list_(pa.string())),
        # Without the '#' and the '@'; mentions are handles or account ids of the same platform.
        pa.field("hashtags", pa.list_(pa.string())),
        pa.field("mentions", pa.list_(pa.string())),
        pa.field("media", pa.list_(MEDIA)),
        # Post ids of the same platform.
        pa.field("reply_to", pa.string()),
        pa.field("repost_of", pa.string()),
        pa.field("quote_of", pa.string()),
        pa.field("account_name", pa.string()),
        pa.field("account_created_at", TIMESTAMP),
        pa.field("followers", pa.int64()),
    ]
)
"""The columns of posts. (platform, post_id) names a post; a later import of the same post changes nothing."""


def account_key(platform: str, account: str) -> str:
    """Return the account id as Watchbell writes it everywhere: `platform:id`."""
    return f"{platform}:{account}"
