"""Telegram: what its desktop programme exports, and tables of channel posts as its API's users keep them."""

from collections.abc import Iterator

from watchbell.sources.post import FieldError, Post, Record, digest_id, picture, required_id
from watchbell.sources.times import instant, instant_or_none
from watchbell.sources.wording import id_of, links_of, member, objects, text_of

CHAT = "watchbell:chat"
"""Member under which a message of an export carries the chat it stands in."""
TABLE_COLUMNS = frozenset({"channel_id", "date", "message"})
# Each kind of entity in an export's text, with the member that holds what it means where the words do not.
LINKS = {"link": "text", "text_link": "href"}


def recognises(values: Record) -> bool:
    """Tell an export by its chats' messages, a table by its columns."""
    if values.keys() >= TABLE_COLUMNS:
        return True
    return any({"id", "type", "date"} <= message.keys() and CHAT in message for message in records(values))


def records(values: Record) -> Iterator[Record]:
    """Yield the messages in a row: an export holds one chat or many."""
    chats = [values] if "messages" in values else objects(member(values, "chats").get("list"))
    for chat in chats:
        about = {"id": chat.get("id"), "name": chat.get("name"), "type": chat.get("type")}
        for message in objects(chat.get("messages")):
            yield {**message, CHAT: about}
    if not chats:
        yield values


def post_of(message: Record) -> Post | None:
    """Return the post that a message is; None for the notices of joining, pinning and the like."""
    if CHAT in message:
        return None if message.get("type") == "service" else _of_export(message)
    if "channel_id" in message:
        return _of_table(message)
    raise FieldError("channel_id", "There is no message here: it has neither a chat nor a channel.")


def _of_export(message: Record) -> Post:
    chat = message[CHAT]
    pieces = _pieces(message)
    linked = [piece.get(LINKS[kind]) for piece in pieces if (kind := piece.get("type")) in LINKS]
    spoken = [str(piece.get("text", "")) for piece in pieces]
    number = required_id(message, "id")
    return Post(
        account=id_of(message.get("from_id")) or f"channel{required_id(chat, 'id')}",
        post_id=f"{required_id(chat, 'id')}/{number}",
        # The clock of the machine that exported stands in `date`; newer exports tell the instant itself.
        created_at=instant(message.get("date_unixtime") or message.get("date"), "date"),
        text="".join(spoken) or None,
        links=tuple(dict.fromkeys(str(link) for link in linked if link)) or None,
        hashtags=_named(pieces, "hashtag", "#"),
        mentions=_mentions(message, pieces),
        media=tuple(_pictures(message)),
        reply_to=f"{chat['id']}/{reply}" if (reply := id_of(message.get("reply_to_message_id"))) else None,
        account_name=text_of(message.get("from") or chat.get("name")),
    )


def _pictures(message: Record) -> Iterator[dict[str, str | None]]:
    """Yield the files of a message by their path in the export; where it has none, a sentence in brackets says so."""
    for name in (text_of(message.get("photo")), text_of(message.get("file"))):
        if name and not name.startswith("("):
            yield picture(name)


def _pieces(message: Record) -> list[Record]:
    """Return the text of a message as pieces with their kind; `text` is a string or mixes strings and pieces."""
    text = message.get("text")
    parts = text if isinstance(text, list) else [text or ""]
    return [part if isinstance(part, dict) else {"type": "plain", "text": str(part)} for part in parts]


def _named(pieces: list[Record], kind: str, sign: str) -> tuple[str, ...] | None:
    names = [str(piece.get("text", "")).lstrip(sign) for piece in pieces if piece.get("type") == kind]
    return tuple(dict.fromkeys(name for name in names if name)) or None


def _mentions(message: Record, pieces: list[Record]) -> tuple[str, ...] | None:
    """Return whom a message mentions; whom it was forwarded from counts, for exports tell no id of the original."""
    origin = text_of(message.get("forwarded_from_id") or message.get("forwarded_from"))
    named = _named(pieces, "mention", "@") or ()
    return (tuple(dict.fromkeys([*named, origin])) if origin else named) or None


def _of_table(row: Record) -> Post:
    account, at = required_id(row, "channel_id"), instant(row.get("date"), "date")
    text, links = text_of(row.get("message")), links_of(row.get("url"))
    original = _forwarded(row)
    number = id_of(row.get("id") or row.get("message_id") or row.get("msg_id"))
    told_apart = ("forward_msg_from_peer_id", "forward_msg_date", "media_type", "document_id")
    facts = (text, *(text_of(row.get(name)) for name in told_apart), *links)
    return Post(
        account=account,
        post_id=f"{account}/{number}" if number else digest_id(account, at, *facts),
        created_at=at,
        text=text,
        links=links or None,
        repost_of=original,
        account_name=text_of(row.get("channel_name")),
    )


def _forwarded(row: Record) -> str | None:
    """Name the original of a forwarded post by its channel and second: such tables keep no other name of it."""
    channel, at = id_of(row.get("forward_msg_from_peer_id")), instant_or_none(row.get("forward_msg_date"))
    return f"{channel}@{at:%Y-%m-%dT%H:%M:%SZ}" if channel and at else None
