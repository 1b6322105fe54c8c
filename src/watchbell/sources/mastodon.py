"""Mastodon and servers that speak as it does: statuses as its API gives them."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from watchbell.sources.languages import language_of
from watchbell.sources.post import Post, Record, picture, required_id
from watchbell.sources.times import instant, instant_or_none
from watchbell.sources.wording import id_of, member, number_of, objects, plain_text, text_of


def recognises(values: Record) -> bool:
    """Tell a status, or an answer to a search that holds some, by its members."""
    return any(
        {"id", "content", "created_at"} <= status.keys() and "acct" in member(status, "account")
        for status in records(values)
    )


def records(values: Record) -> Iterator[Record]:
    """Yield the statuses in a row."""
    yield from objects(values.get("statuses")) if "statuses" in values else [values]


def post_of(status: Record) -> Post:
    """Return the post that a status is.

    A status and its boosts are named by `uri`, which is the same on every server. What it replies to is named
    by the id that the exporting server gave, for the API tells no other.
    """
    account, boosted = member(status, "account"), member(status, "reblog")
    shown = boosted or status
    text, links = plain_text(text_of(shown.get("content")) or "")
    card = text_of(member(shown, "card").get("url"))
    return Post(
        account=_account(account),
        post_id=required_id(status, "uri", "id"),
        created_at=instant(status.get("created_at"), "created_at"),
        text=text or None,
        lang=language_of(shown.get("language")),
        links=tuple(dict.fromkeys([*links, *([card] if card else [])])),
        hashtags=_names(shown, "tags", "name"),
        mentions=_names(shown, "mentions", "acct"),
        media=tuple(picture(item.get("url")) for item in objects(shown.get("media_attachments"))),
        reply_to=id_of(status.get("in_reply_to_id")),
        repost_of=required_id(boosted, "uri", "id") if boosted else None,
        account_name=text_of(account.get("acct")),
        account_created_at=instant_or_none(account.get("created_at")),
        followers=number_of(account.get("followers_count")),
    )


def _account(account: Record) -> str:
    """Return `name@server`: within one server the API leaves the server's name out."""
    name = required_id(account, "acct")
    if "@" in name:
        return name
    host = urlsplit(text_of(account.get("url")) or "").hostname
    return f"{name}@{host}" if host else name


def _names(status: Record, kind: str, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(item[name]) for item in objects(status.get(kind)) if item.get(name)))
