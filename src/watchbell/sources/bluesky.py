"""Bluesky: feeds and posts as its API gives them, and the records of its firehose (Jetstream)."""

from collections.abc import Iterator

from watchbell.sources.languages import language_of
from watchbell.sources.post import FieldError, Post, Record, digest_id, required_id
from watchbell.sources.times import instant, instant_or_none
from watchbell.sources.wording import id_of, member, number_of, objects, text_of

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
LISTS = ("feed", "posts")


def recognises(values: Record) -> bool:
    """Tell a feed, a post or an event of the firehose by its members."""
    return any(
        str(record.get("uri", "")).startswith("at://")
        or str(member(record, "post").get("uri", "")).startswith("at://")
        or str(record.get("did", "")).startswith("did:")
        for record in records(values)
    )


def records(values: Record) -> Iterator[Record]:
    """Yield the posts, reposts and events in a row."""
    held = [name for name in LISTS if isinstance(values.get(name), list)]
    for name in held:
        yield from objects(values[name])
    if not held:
        yield values


def post_of(record: Record) -> Post | None:
    """Return the post or repost that a record is; None for likes, follows, deletions and other events."""
    if "did" in record:
        return _of_event(record)
    if "post" in record and member(record, "reason").get("$type") == "app.bsky.feed.defs#reasonRepost":
        return _of_repost(record)
    return _of_view(member(record, "post") or record)


def _of_view(view: Record) -> Post:
    if not isinstance(view.get("record"), dict):
        raise FieldError("record", "It is missing: a post of Bluesky holds its words in `record`.")
    author = member(view, "author")
    post = _of_record(view["record"], required_id(author, "did"), required_id(view, "uri"))
    post.account_name = text_of(author.get("handle"))
    post.account_created_at = instant_or_none(author.get("createdAt"))
    post.followers = number_of(author.get("followersCount"))
    return post


def _of_repost(item: Record) -> Post:
    reason, original = member(item, "reason"), required_id(member(item, "post"), "uri")
    account = required_id(member(reason, "by"), "did")
    at = instant(reason.get("indexedAt"), "indexedAt")
    return Post(
        account=account,
        post_id=id_of(reason.get("uri")) or digest_id(account, at, original),
        created_at=at,
        repost_of=original,
        account_name=text_of(member(reason, "by").get("handle")),
    )


def _of_event(event: Record) -> Post | None:
    commit = member(event, "commit")
    kind, account = commit.get("collection"), required_id(event, "did")
    if commit.get("operation") == "delete" or kind not in (POST, REPOST):
        return None
    uri = f"at://{account}/{kind}/{required_id(commit, 'rkey')}"
    record = member(commit, "record")
    if kind == POST:
        return _of_record(record, account, uri)
    at = instant(record.get("createdAt"), "createdAt")
    return Post(account, uri, at, repost_of=required_id(member(record, "subject"), "uri"))


def _of_record(record: Record, account: str, uri: str) -> Post:
    languages = record.get("langs")
    features = [feature for facet in objects(record.get("facets")) for feature in objects(facet.get("features"))]
    embed = member(record, "embed")
    external = text_of(member(embed, "external").get("uri") or member(member(embed, "media"), "external").get("uri"))
    links = [*_named(features, "link", "uri"), *([external] if external else [])]
    tags = record.get("tags") if isinstance(record.get("tags"), list) else []
    return Post(
        account=account,
        post_id=uri,
        created_at=instant(record.get("createdAt"), "createdAt"),
        text=text_of(record.get("text")),
        lang=language_of(languages[0]) if isinstance(languages, list) and languages else None,
        links=tuple(dict.fromkeys(links)) or None,
        hashtags=tuple(dict.fromkeys([*_named(features, "tag", "tag"), *map(str, tags or [])])) or None,
        mentions=tuple(dict.fromkeys(_named(features, "mention", "did"))) or None,
        reply_to=id_of(member(member(record, "reply"), "parent").get("uri")),
        quote_of=_quoted(embed),
    )


def _quoted(embed: Record) -> str | None:
    """Return what a post quotes; beside pictures the quote lies one level deeper."""
    quoted = member(embed, "record")
    return id_of(quoted.get("uri") or member(quoted, "record").get("uri"))


def _named(features: list[Record], kind: str, name: str) -> list[str]:
    wanted = f"app.bsky.richtext.facet#{kind}"
    return [str(feature[name]) for feature in features if feature.get("$type") == wanted and feature.get(name)]
