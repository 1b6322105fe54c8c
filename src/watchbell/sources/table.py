"""Any table with one post on each row: CSV, TSV, JSON lines or Parquet, its columns told by their names."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from watchbell.sources.languages import language_of
from watchbell.sources.post import FieldError, Post, Record, digest_id, picture
from watchbell.sources.times import instant, instant_or_none
from watchbell.sources.wording import id_of, links_of, names_of, number_of, text_of

SYNONYMS: dict[str, tuple[str, ...]] = {
    "platform": ("platform", "network", "social_network"),
    "account_id": (
        "account_id", "author_id", "user_id", "userid", "channel_id", "from_id", "page_id", "account", "author",
        "user", "username", "user_screen_name", "screen_name", "handle", "channel",
    ),
    "post_id": ("post_id", "content_id", "tweet_id", "tweetid", "status_id", "message_id", "id_str", "id", "uri"),
    "created_at": (
        "created_at", "timestamp", "timestamp_share", "tweet_time", "publish_date", "published_at", "post_created",
        "created_time", "created_utc", "created", "datetime", "date", "time",
    ),
    "text": ("text", "full_text", "tweet_text", "message", "content", "body", "caption"),
    "lang": ("lang", "language", "tweet_language"),
    "links": ("links", "urls", "expanded_urls", "expanded_url", "url", "link"),
    "hashtags": ("hashtags", "hashtag", "tags"),
    "mentions": ("mentions", "user_mentions"),
    "media": ("media",),
    "reply_to": (
        "reply_to", "in_reply_to_tweetid", "in_reply_to_status_id", "in_reply_to_id", "in_reply_to", "parent_id",
    ),
    "repost_of": ("repost_of", "retweet_tweetid", "retweeted_status_id", "retweet_id", "retweet_of", "reblog_of"),
    "quote_of": ("quote_of", "quoted_tweet_tweetid", "quoted_status_id"),
    "account_name": (
        "account_name", "author_name", "user_name", "username", "user_screen_name", "screen_name", "display_name",
        "page_name", "channel_name",
    ),
    "account_created_at": ("account_created_at", "account_creation_date", "user_created_at"),
    "followers": ("followers", "followers_count", "follower_count", "subscribers"),
}  # fmt: skip
"""For each column of posts the names it goes by, the surest first."""

PLATFORM = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
"""What a platform may be called: the name also names a folder."""
REQUIRED = ("account_id", "created_at")


def guess_mapping(columns: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return which column stands for which column of posts: as given, else by name; no column stands for two."""
    mapping = dict(given)
    by_name = {_plain(column): column for column in reversed(list(columns)) if column not in mapping.values()}
    for field, synonyms in SYNONYMS.items():
        found = next((name for name in synonyms if name in by_name), None)
        if field not in mapping and found is not None:
            mapping[field] = by_name.pop(found)
    return mapping


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")


def value_at(values: Mapping[str, Any], column: str) -> Any:
    """Return the value of a column; `user.id` finds the member `id` of the object in `user`."""
    if column in values or "." not in column:
        return values.get(column)
    outer, _, inner = column.partition(".")
    held = values.get(outer)
    return value_at(held, inner) if isinstance(held, dict) else None


def post_function(mapping: Mapping[str, str]) -> Callable[[Record], Post]:
    """Return the function from a row to its post, which raises FieldError where the row names no account or no time."""
    return lambda values: _post({field: value_at(values, column) for field, column in mapping.items()}, mapping)


def _post(values: Mapping[str, Any], mapping: Mapping[str, str]) -> Post:
    """Return the post of a row whose values stand under the names of POSTS.

    A row without a post id gets one from its account, time, text and what it links, names and answers: rows
    equal in these are one post.
    """
    get = values.get
    account = id_of(get("account_id"))
    if account is None:
        raise FieldError(mapping["account_id"], "It is empty: a post needs an account. Fill it in.")
    created_at = instant(get("created_at"), mapping["created_at"])
    text, links = text_of(get("text")), links_of(get("links"))
    hashtags, mentions = names_of(get("hashtags"), "#"), names_of(get("mentions"), "@")
    reply_to, repost_of, quote_of = id_of(get("reply_to")), id_of(get("repost_of")), id_of(get("quote_of"))
    facts = (text, reply_to, repost_of, quote_of, *links, *hashtags, *mentions)
    return Post(
        account=account,
        post_id=id_of(get("post_id")) or digest_id(account, created_at, *facts),
        created_at=created_at,
        text=text,
        lang=language_of(get("lang")),
        links=links or None,
        hashtags=hashtags or None,
        mentions=mentions or None,
        media=_media(get("media")),
        reply_to=reply_to,
        repost_of=repost_of,
        quote_of=quote_of,
        account_name=text_of(get("account_name")),
        account_created_at=instant_or_none(get("account_created_at")),
        followers=number_of(get("followers")),
        platform=_platform(get("platform"), mapping),
    )


def _platform(value: Any, mapping: Mapping[str, str]) -> str | None:
    name = "_".join((id_of(value) or "").lower().split())
    if name and not PLATFORM.fullmatch(name):
        reason = f"{name!r:.80} is no name of a platform: write it in letters a to z, digits, '.', '_', '-'."
        raise FieldError(mapping["platform"], reason)
    return name or None


def _media(value: Any) -> tuple[dict[str, str | None], ...]:
    """Return pictures that are told with their hashes, or only by their names."""
    items = value if isinstance(value, list) else [value]
    return tuple(
        {key: text_of(item.get(key)) for key in ("sha256", "pdq", "url")} if isinstance(item, dict) else picture(item)
        for item in items
        if isinstance(item, dict | str) and item
    )
