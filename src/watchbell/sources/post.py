"""A post as a source's function returns it, and many of them as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

import pyarrow as pa

from watchbell.ids import short_digest
from watchbell.model.addresses import links_in
from watchbell.model.posts import POSTS, account_key
from watchbell.sources.wording import hashtags_in, id_of, mentions_in, text_of

Record = dict[str, Any]
"""What a platform's export holds for one post."""
Names = tuple[str, ...] | None


@dataclass(slots=True)
class Post:
    """One post. For `links`, `hashtags` and `mentions` None means that the source does not say: the text is asked."""

    account: str
    """The account's id on its platform."""
    post_id: str
    created_at: datetime
    text: str | None = None
    lang: str | None = None
    links: Names = None
    hashtags: Names = None
    mentions: Names = None
    media: tuple[dict[str, str | None], ...] = ()
    reply_to: str | None = None
    repost_of: str | None = None
    quote_of: str | None = None
    account_name: str | None = None
    account_created_at: datetime | None = None
    followers: int | None = None
    platform: str | None = None
    """Only where the source carries posts of several platforms."""


class FieldError(ValueError):
    """A field without which, or with which, a row is no post."""

    def __init__(self, field: str, reason: str) -> None:
        """Name the field as the file has it; `reason` is a sentence that says what to do."""
        super().__init__(reason)
        self.field = field


def required_id(values: Record, *fields: str) -> str:
    """Return the id in the first of `fields` that has one.

    Raises:
        FieldError: none has.
    """
    found = next((name for field in fields if (name := id_of(values.get(field)))), None)
    if found is None:
        raise FieldError(fields[0], "It is missing: a post needs its own id and that of its author.")
    return found


def picture(url: Any) -> dict[str, str | None]:
    """Return a picture or film of which only the address is known."""
    return {"sha256": None, "pdq": None, "url": text_of(url)}


DIGEST = "wb-"
"""How the ids begin that `digest_id` makes."""


def digest_id(account: str, created_at: datetime, *facts: str | None) -> str:
    """Return the id of a post that its source gives none: equal facts, equal id."""
    return DIGEST + short_digest(account, created_at.isoformat(), *(fact or "" for fact in facts), length=24)


def posts_table(posts: Iterable[Post], platform: str) -> pa.Table:
    """Return posts as a table (POSTS), with what the text says where the source did not; `platform` is the default."""
    rows = [_completed(post, platform) for post in posts]
    arrays = [pa.array(map(_GETTERS[field.name], rows), field.type) for field in POSTS]
    return pa.Table.from_arrays(arrays, schema=POSTS)


def _completed(post: Post, platform: str) -> Post:
    post.platform = post.platform or platform
    if not post.account.startswith(post.platform + ":"):  # a table that Watchbell wrote has it already
        post.account = account_key(post.platform, post.account)
    if post.text and "\0" in post.text:  # no database column can hold it
        post.text = post.text.replace("\0", "")
    text = post.text or ""
    if post.links is None:
        post.links = tuple(links_in(text)) if "/" in text or "www." in text.lower() else ()
    if post.hashtags is None:
        post.hashtags = hashtags_in(text) if "#" in text or "\uff03" in text else ()
    if post.mentions is None:
        post.mentions = mentions_in(text) if "@" in text else ()
    return post


_GETTERS: dict[str, Any] = {name: attrgetter(name) for name in POSTS.names} | {"account_id": attrgetter("account")}
