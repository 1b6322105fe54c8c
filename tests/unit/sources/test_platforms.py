"""Each platform's own forms become posts, and are told from each other. Forms follow the platforms' documentation."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchbell.sources.catalogue import SOURCES
from watchbell.sources.post import FieldError, Post

TWEET_1 = {
    "created_at": "Wed Oct 10 20:19:24 +0000 2018",
    "id": 1050118621198921728,
    "id_str": "1050118621198921728",
    "text": "To make room for more expression… https://t.co/MkGjXf9aXm",
    "lang": "en",
    "in_reply_to_status_id_str": "1050118621198921700",
    "quoted_status_id_str": "1050118621198921600",
    "user": {
        "id_str": "6253282",
        "screen_name": "TwitterAPI",
        "followers_count": 6133636,
        "created_at": "Wed May 23 06:01:13 +0000 2007",
    },
    "extended_tweet": {
        "full_text": "To make room for more expression, we count all emoji as two characters #emoji",
        "entities": {
            "urls": [{"url": "https://t.co/MkGjXf9aXm", "expanded_url": "https://bit.ly/emoji"}],
            "hashtags": [{"text": "emoji"}],
            "user_mentions": [{"screen_name": "Unicode", "id_str": "1"}],
        },
    },
    "entities": {"urls": [], "hashtags": [], "user_mentions": []},
    "extended_entities": {"media": [{"media_url_https": "https://pbs.twimg.com/media/a.jpg"}]},
}
RETWEET_1 = {
    "created_at": "Wed Oct 10 20:19:25 +0000 2018",
    "id_str": "2",
    "text": "RT @TwitterAPI: To make room…",
    "user": {"id_str": "9", "screen_name": "other"},
    "entities": {"urls": [], "user_mentions": [{"screen_name": "TwitterAPI"}]},
    "retweeted_status": TWEET_1,
}
PAGE_2 = {
    "data": [
        {
            "id": "1346889436626259968",
            "author_id": "2244994945",
            "created_at": "2021-01-06T18:40:40.000Z",
            "lang": "en",
            "text": "Learn how to use the user Tweet timeline… https://t.co/56a0vZUx7i",
            "attachments": {"media_keys": ["3_1"]},
            "entities": {
                "urls": [{"url": "https://t.co/56a0vZUx7i", "expanded_url": "https://dev.to/x"}],
                "hashtags": [{"tag": "api"}],
                "mentions": [{"username": "TwitterDev", "id": "2244994945"}],
            },
            "referenced_tweets": [{"type": "replied_to", "id": "5"}, {"type": "quoted", "id": "6"}],
        },
        {
            "id": "7",
            "author_id": "8",
            "created_at": "2021-01-06T18:40:41.000Z",
            "text": "RT",
            "referenced_tweets": [{"type": "retweeted", "id": "1346889436626259968"}],
        },
    ],
    "includes": {
        "users": [
            {
                "id": "2244994945",
                "username": "TwitterDev",
                "created_at": "2013-12-14T04:35:55.000Z",
                "public_metrics": {"followers_count": 513868},
            }
        ],
        "media": [{"media_key": "3_1", "type": "photo", "url": "https://pbs.twimg.com/media/b.jpg"}],
    },
    "meta": {"result_count": 2},
}
ARCHIVE = {
    "tweetid": "877919995476496385",
    "userid": "249064136",
    "user_display_name": "A",
    "user_screen_name": "a_b",
    "follower_count": "1,5",
    "account_creation_date": "2011-02-08",
    "tweet_language": "ru",
    "tweet_text": "Текст",
    "tweet_time": "2017-06-22 16:03",
    "in_reply_to_tweetid": "",
    "quoted_tweet_tweetid": "",
    "is_retweet": "True",
    "retweet_userid": "1",
    "retweet_tweetid": "5.0",
    "hashtags": "[мы, вы]",
    "urls": "[https://a.org/1, https://b.org]",
    "user_mentions": "[1, 2]",
}
STATUS = {
    "id": "103270115826048975",
    "uri": "https://mastodon.social/users/Gargron/statuses/103270115826048975",
    "created_at": "2019-12-08T03:48:33.901Z",
    "in_reply_to_id": None,
    "language": "en",
    "content": '<p>Vote: <a href="https://example.org/now">link</a> '
    '<a href="https://mastodon.social/tags/x" class="mention hashtag">#x</a></p>',
    "account": {
        "id": "1",
        "username": "Gargron",
        "acct": "Gargron",
        "url": "https://mastodon.social/@Gargron",
        "created_at": "2016-03-16T14:34:26.392Z",
        "followers_count": 322930,
    },
    "media_attachments": [{"type": "image", "url": "https://files.mastodon.social/a.png"}],
    "mentions": [{"acct": "someone@other.social"}],
    "tags": [{"name": "x"}],
    "reblog": None,
    "card": {"url": "https://example.org/now"},
}
BOOST = {
    "id": "2",
    "uri": "https://other.social/users/b/statuses/2/activity",
    "created_at": "2019-12-08T04:00:00.000Z",
    "content": "",
    "account": {"acct": "b@other.social"},
    "reblog": STATUS,
}
SKEET = {
    "uri": "at://did:plc:alice/app.bsky.feed.post/3k",
    "cid": "c",
    "author": {"did": "did:plc:alice", "handle": "alice.test", "createdAt": "2023-05-01T00:00:00Z"},
    "record": {
        "$type": "app.bsky.feed.post",
        "text": "Read this @bob #vote",
        "createdAt": "2024-07-05T10:20:30.123Z",
        "langs": ["en"],
        "facets": [
            {
                "index": {"byteStart": 0, "byteEnd": 4},
                "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/a"}],
            },
            {"features": [{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:bob"}]},
            {"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "vote"}]},
        ],
        "embed": {
            "$type": "app.bsky.embed.recordWithMedia",
            "record": {"$type": "app.bsky.embed.record", "record": {"uri": "at://did:plc:c/app.bsky.feed.post/q"}},
            "media": {"$type": "app.bsky.embed.external", "external": {"uri": "https://example.org/card"}},
        },
        "reply": {"root": {"uri": "at://r"}, "parent": {"uri": "at://did:plc:d/app.bsky.feed.post/p"}},
    },
}
REASON = {
    "$type": "app.bsky.feed.defs#reasonRepost",
    "by": {"did": "did:plc:bob", "handle": "bob.test"},
    "uri": "at://did:plc:bob/app.bsky.feed.repost/r1",
    "indexedAt": "2024-07-05T11:00:00Z",
}
FEED = {"feed": [{"post": SKEET}, {"post": SKEET, "reason": REASON}], "cursor": "x"}
EVENT = {
    "did": "did:plc:eve",
    "time_us": 1720174830000000,
    "kind": "commit",
    "commit": {
        "operation": "create",
        "collection": "app.bsky.feed.repost",
        "rkey": "3l",
        "record": {"createdAt": "2024-07-05T10:20:31Z", "subject": {"uri": SKEET["uri"]}},
    },
}
LIKE = {"did": "did:plc:eve", "kind": "commit", "commit": {"operation": "create", "collection": "app.bsky.feed.like"}}
EXPORT = {
    "name": "News",
    "type": "public_channel",
    "id": 1234567,
    "messages": [
        {"id": 1, "type": "service", "date": "2021-06-08T10:00:00", "action": "create_channel", "text": ""},
        {
            "id": 2,
            "type": "message",
            "date": "2021-06-08T16:03:22",
            "date_unixtime": "1623161002",
            "from": "News",
            "from_id": "channel1234567",
            "forwarded_from": "Other news",
            "reply_to_message_id": 1,
            "text": [
                "See ",
                {"type": "link", "text": "https://a.org"},
                " and ",
                {"type": "text_link", "text": "this", "href": "https://b.org"},
                " ",
                {"type": "hashtag", "text": "#x"},
                " ",
                {"type": "mention", "text": "@someone"},
            ],
        },
        {"id": 3, "type": "message", "date": "2021-06-08T16:03:23", "text": "Plain https://c.org"},
    ],
}
CHANNEL_ROW = {
    "channel_id": "1530205157",
    "date": "2023-03-14 16:19:26+00:00",
    "message": "m",
    "url": "https://a.org",
    "forward_msg_from_peer_id": "1505034921.0",
    "forward_msg_date": "2023-03-14 16:17:25",
    "document_id": None,
}
CROWDTANGLE = {
    "Page Name": "A page",
    "User Name": "apage",
    "Facebook Id": "100044",
    "Page Created": "2015-01-02 03:04:05",
    "Likes at Posting": "1,200",
    "Followers at Posting": "1,300",
    "Post Created": "2020-06-30 23:59:43 EDT",
    "Type": "Link",
    "URL": "https://www.facebook.com/100044/posts/2000",
    "Message": "Read",
    "Link": "https://a.org/1",
    "Final Link": "https://a.org/final",
}
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "tweet of API 1.1": ("twitter", TWEET_1),
    "page of API 2": ("twitter", PAGE_2),
    "archive row": ("twitter", ARCHIVE),
    "status": ("mastodon", STATUS),
    "boost": ("mastodon", BOOST),
    "feed": ("bluesky", FEED),
    "event": ("bluesky", EVENT),
    "export": ("telegram", EXPORT),
    "channel row": ("telegram", CHANNEL_ROW),
    "crowdtangle": ("crowdtangle", CROWDTANGLE),
}


def posts(source: str, values: dict[str, Any]) -> list[Post]:
    found = map(SOURCES[source].post_of, SOURCES[source].records(values))
    return [post for post in found if post is not None]


@pytest.mark.parametrize(("source", "values"), FORMS.values(), ids=FORMS)
def test_each_form_is_known_by_its_own_source_only(source: str, values: dict[str, Any]) -> None:
    assert [name for name, candidate in SOURCES.items() if candidate.recognises(values)] == [source]
    assert posts(source, values)


def test_twitter_api_1() -> None:
    (post,) = posts("twitter", TWEET_1)
    assert post == Post(
        account="6253282",
        post_id="1050118621198921728",
        created_at=datetime(2018, 10, 10, 20, 19, 24, tzinfo=UTC),
        text="To make room for more expression, we count all emoji as two characters #emoji",
        lang="en",
        links=("https://bit.ly/emoji",),
        hashtags=("emoji",),
        mentions=("Unicode",),
        media=({"sha256": None, "pdq": None, "url": "https://pbs.twimg.com/media/a.jpg"},),
        reply_to="1050118621198921700",
        quote_of="1050118621198921600",
        account_name="TwitterAPI",
        account_created_at=datetime(2007, 5, 23, 6, 1, 13, tzinfo=UTC),
        followers=6133636,
    )


def test_a_retweet_carries_the_whole_links_of_its_original() -> None:
    (post,) = posts("twitter", RETWEET_1)
    assert (post.repost_of, post.links, post.mentions) == (
        TWEET_1["id_str"],
        ("https://bit.ly/emoji",),
        ("TwitterAPI",),
    )


def test_twitter_api_2() -> None:
    first, second = posts("twitter", PAGE_2)
    assert (first.account, first.account_name, first.followers) == ("2244994945", "TwitterDev", 513868)
    assert (first.links, first.hashtags, first.mentions) == (("https://dev.to/x",), ("api",), ("TwitterDev",))
    assert (first.reply_to, first.quote_of, first.repost_of) == ("5", "6", None)
    assert [item["url"] for item in first.media] == ["https://pbs.twimg.com/media/b.jpg"]
    assert (second.account, second.repost_of) == ("8", first.post_id)


def test_twitter_archive() -> None:
    (post,) = posts("twitter", ARCHIVE)
    assert (post.account, post.post_id, post.repost_of) == ("249064136", "877919995476496385", "5")
    assert (post.links, post.hashtags) == (("https://a.org/1", "https://b.org"), ("мы", "вы"))
    assert (post.mentions, post.lang, post.followers) == (("1", "2"), "ru", None)
    assert post.created_at == datetime(2017, 6, 22, 16, 3, tzinfo=UTC)


def test_a_notice_in_a_stream_of_tweets_is_no_post() -> None:
    assert posts("twitter", {"delete": {"status": {"id": 1}}}) == []


def test_mastodon() -> None:
    (post,) = posts("mastodon", {"statuses": [STATUS]})
    assert (post.account, post.account_name, post.post_id) == ("Gargron@mastodon.social", "Gargron", STATUS["uri"])
    assert (post.text, post.links) == ("Vote: link #x", ("https://example.org/now",))
    assert (post.hashtags, post.mentions) == (("x",), ("someone@other.social",))


def test_a_boost_repeats_the_same_post_on_every_server() -> None:
    (post,) = posts("mastodon", BOOST)
    assert (post.account, post.repost_of, post.text) == ("b@other.social", STATUS["uri"], "Vote: link #x")


def test_bluesky() -> None:
    post, repost = posts("bluesky", FEED)
    assert (post.account, post.account_name, post.post_id) == ("did:plc:alice", "alice.test", SKEET["uri"])
    assert post.links == ("https://example.org/a", "https://example.org/card")
    assert (post.hashtags, post.mentions) == (("vote",), ("did:plc:bob",))
    assert (post.reply_to, post.quote_of) == (
        "at://did:plc:d/app.bsky.feed.post/p",
        "at://did:plc:c/app.bsky.feed.post/q",
    )
    assert (repost.account, repost.post_id, repost.repost_of) == ("did:plc:bob", REASON["uri"], SKEET["uri"])
    assert repost.created_at == datetime(2024, 7, 5, 11, tzinfo=UTC)


def test_bluesky_firehose() -> None:
    (repost,) = posts("bluesky", EVENT)
    assert (repost.account, repost.post_id) == ("did:plc:eve", "at://did:plc:eve/app.bsky.feed.repost/3l")
    assert repost.repost_of == SKEET["uri"]
    assert posts("bluesky", LIKE) == []


def test_telegram_export() -> None:
    first, second = posts("telegram", EXPORT)
    assert first.created_at == datetime(2021, 6, 8, 14, 3, 22, tzinfo=UTC)  # the instant, not the exporter's clock
    assert (first.account, first.post_id, first.reply_to) == ("channel1234567", "1234567/2", "1234567/1")
    assert first.text == "See https://a.org and this #x @someone"
    assert (first.links, first.hashtags, first.mentions) == (
        ("https://a.org", "https://b.org"),
        ("x",),
        ("someone", "Other news"),
    )
    assert (second.account, second.text) == ("channel1234567", "Plain https://c.org")


def test_a_whole_account_of_telegram_holds_many_chats() -> None:
    assert len(posts("telegram", {"chats": {"list": [EXPORT, {**EXPORT, "id": 2}]}})) == 4


def test_telegram_table() -> None:
    (post,) = posts("telegram", CHANNEL_ROW)
    assert (post.account, post.repost_of) == ("1530205157", "1505034921@2023-03-14T16:17:25Z")
    assert posts("telegram", CHANNEL_ROW)[0].post_id == post.post_id
    assert posts("telegram", {**CHANNEL_ROW, "document_id": "5"})[0].post_id != post.post_id


def test_crowdtangle() -> None:
    (post,) = posts("crowdtangle", CROWDTANGLE)
    assert (post.account, post.post_id, post.followers) == ("100044", "100044_2000", 1300)
    assert post.created_at == datetime(2020, 7, 1, 3, 59, 43, tzinfo=UTC)
    assert post.links == ("https://a.org/1", "https://a.org/final")


JSON_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(form=st.sampled_from(list(FORMS)), data=st.data())
@settings(deadline=None, max_examples=600)
def test_a_form_with_any_value_spoilt_gives_a_post_or_a_reason(form: str, data: st.DataObject) -> None:
    source, values = FORMS[form]
    values = json.loads(json.dumps(values))
    spot: Any = values
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = data.draw(st.sampled_from(keys))
        if not (isinstance(spot[key], (dict, list)) and spot[key] and data.draw(st.booleans())):
            break
        spot = spot[key]
    spot[key] = data.draw(JSON_VALUES)
    for record in SOURCES[source].records(values):
        try:
            SOURCES[source].post_of(record)
        except FieldError as error:
            assert error.field  # noqa: PT017  # a reason is as good as a post; anything else is a fault
