"""Twitter, now X: tweets of API 1.1 and 2, and the tables of its archive of information operations."""

from collections.abc import Iterator

from watchbell.sources.languages import language_of
from watchbell.sources.post import FieldError, Post, Record, picture, required_id
from watchbell.sources.times import instant, instant_or_none
from watchbell.sources.wording import id_of, links_of, member, names_of, number_of, objects, text_of

ARCHIVE_COLUMNS = frozenset({"tweetid", "userid", "tweet_time"})
API_2_ONLY = frozenset({"edit_history_tweet_ids", "conversation_id", "referenced_tweets", "reply_settings"})
NOTICES = frozenset({"delete", "limit", "disconnect", "warning", "scrub_geo", "status_withheld", "user_withheld"})


def recognises(values: Record) -> bool:
    """Tell a tweet, a page of tweets, or a row of the archive by its members."""
    if values.keys() >= ARCHIVE_COLUMNS or ("id_str" in values and isinstance(values.get("user"), dict)):
        return True
    return any("author_id" in tweet and ("data" in values or API_2_ONLY & tweet.keys()) for tweet in _tweets_in(values))


def records(values: Record) -> Iterator[Record]:
    """Yield the tweets in a row: a page of API 2 holds many, with their authors beside them."""
    included = values.get("includes")
    included = included if isinstance(included, dict) else {}
    users = {id_of(user.get("id")): user for user in objects(included.get("users"))}
    media = {id_of(item.get("media_key")): item for item in objects(included.get("media"))}
    for tweet in _tweets_in(values):
        keys = member(tweet, "attachments").get("media_keys")
        shown = [media[key] for key in map(id_of, keys) if key in media] if isinstance(keys, list) else []
        author = users.get(id_of(tweet.get("author_id"))) or tweet.get("author")
        yield {**tweet, "author": author, "media": shown} if "author_id" in tweet else tweet


def _tweets_in(values: Record) -> list[Record]:
    if "data" not in values:
        return [values]
    data = values["data"]
    return [data] if isinstance(data, dict) else objects(data)


def post_of(tweet: Record) -> Post | None:
    """Return the post that a tweet is; None for the notices of deletions and limits that streams carry."""
    if "tweetid" in tweet:
        return _of_archive(tweet)
    if "author_id" in tweet:
        return _of_api_2(tweet)
    if "user" in tweet or "id_str" in tweet:
        return _of_api_1(tweet)
    if NOTICES & tweet.keys():
        return None
    raise FieldError("user", "There is no tweet here: it has neither `user`, `author_id` nor `tweetid`.")


def _of_archive(row: Record) -> Post:
    is_retweet = str(row.get("is_retweet")).lower() in ("true", "1")
    return Post(
        account=required_id(row, "userid"),
        post_id=required_id(row, "tweetid"),
        created_at=instant(row.get("tweet_time"), "tweet_time"),
        text=text_of(row.get("tweet_text")),
        lang=language_of(row.get("tweet_language")),
        links=links_of(row.get("urls")) or None,
        hashtags=names_of(row.get("hashtags"), "#") or None,
        mentions=names_of(row.get("user_mentions"), "@") or None,
        reply_to=id_of(row.get("in_reply_to_tweetid")),
        repost_of=id_of(row.get("retweet_tweetid")) if is_retweet or "is_retweet" not in row else None,
        quote_of=id_of(row.get("quoted_tweet_tweetid")),
        account_name=text_of(row.get("user_screen_name")),
        account_created_at=instant_or_none(row.get("account_creation_date")),
        followers=number_of(row.get("follower_count")),
    )


def _of_api_1(tweet: Record) -> Post:
    # The older form of a long tweet keeps its whole text beside the short one; a retweet's own links are cut off.
    longer = member(tweet, "extended_tweet")
    original = member(tweet, "retweeted_status")
    entities = _entities_1(original) if original else _entities_1(tweet)
    user = member(tweet, "user")
    return Post(
        account=required_id(user, "id_str", "id"),
        post_id=required_id(tweet, "id_str", "id"),
        created_at=instant(tweet.get("created_at"), "created_at"),
        text=text_of(longer.get("full_text") or tweet.get("full_text") or tweet.get("text")),
        lang=language_of(tweet.get("lang")),
        links=_named(entities, "urls", "expanded_url", "url"),
        hashtags=_named(entities, "hashtags", "text"),
        mentions=_named(_entities_1(tweet), "user_mentions", "screen_name"),
        media=_pictures(tweet, "media_url_https"),
        reply_to=id_of(tweet.get("in_reply_to_status_id_str") or tweet.get("in_reply_to_status_id")),
        repost_of=id_of(original.get("id_str") or original.get("id")),
        quote_of=id_of(tweet.get("quoted_status_id_str") or tweet.get("quoted_status_id")),
        account_name=text_of(user.get("screen_name")),
        account_created_at=instant_or_none(user.get("created_at")),
        followers=number_of(user.get("followers_count")),
    )


def _of_api_2(tweet: Record) -> Post:
    entities, author = member(tweet, "entities"), member(tweet, "author")
    referenced = {item.get("type"): id_of(item.get("id")) for item in objects(tweet.get("referenced_tweets"))}
    return Post(
        account=required_id(tweet, "author_id"),
        post_id=required_id(tweet, "id"),
        created_at=instant(tweet.get("created_at"), "created_at"),
        text=text_of(tweet.get("text")),
        lang=language_of(tweet.get("lang")),
        links=_named(entities, "urls", "unwound_url", "expanded_url", "url") or None,
        hashtags=_named(entities, "hashtags", "tag") or None,
        mentions=_named(entities, "mentions", "username") or None,
        media=tuple(picture(item.get("url") or item.get("preview_image_url")) for item in objects(tweet.get("media"))),
        reply_to=referenced.get("replied_to"),
        repost_of=referenced.get("retweeted"),
        quote_of=referenced.get("quoted"),
        account_name=text_of(author.get("username")),
        account_created_at=instant_or_none(author.get("created_at")),
        followers=number_of(member(author, "public_metrics").get("followers_count")),
    )


def _entities_1(tweet: Record) -> Record:
    return member(member(tweet, "extended_tweet"), "entities") or member(tweet, "entities")


def _pictures(tweet: Record, address: str) -> tuple[dict[str, str | None], ...]:
    extended = member(tweet, "extended_entities") or member(tweet, "entities")
    return tuple(picture(item.get(address)) for item in objects(extended.get("media")))


def _named(entities: Record, kind: str, *members: str) -> tuple[str, ...] | None:
    """Return the entities of a kind, each by the first of `members` that it has; None where nothing is said of any."""
    if not entities:
        return None
    found = (next((item[name] for name in members if item.get(name)), None) for item in objects(entities.get(kind)))
    return tuple(dict.fromkeys(str(name) for name in found if name))
