"""CrowdTangle: the tables of Facebook and Instagram posts that it exported until Meta closed it in August 2024."""

import re
from collections.abc import Iterator

from watchbell.sources.post import Post, Record, digest_id, required_id
from watchbell.sources.times import instant, instant_or_none
from watchbell.sources.wording import id_of, number_of, text_of

INSTAGRAM_COLUMNS = frozenset({"Account", "User Name", "Post Created"})
ADDRESSES = ("Link", "Final Link")
POST_IN_URL = re.compile(r"/(?:posts|videos|permalink|p|reel)/(?:[^/?]*/)?([\w-]+)|[?&](?:story_fbid|fbid|v)=(\d+)")
OWN_SITE = re.compile(r"https?://(?:www\.|m\.|web\.)?(?:facebook|instagram)\.com/", re.IGNORECASE)


def recognises(values: Record) -> bool:
    """Tell an export by its columns."""
    return "Post Created" in values and bool(
        {"Facebook Id", "Page Name", "Group Name"} & values.keys() or values.keys() >= INSTAGRAM_COLUMNS
    )


def records(values: Record) -> Iterator[Record]:
    """Yield the row: it is one post."""
    yield values


def post_of(row: Record) -> Post:
    """Return the post that a row is."""
    account = required_id(row, "Facebook Id", "User Name", "Page Name", "Group Name", "Account")
    at = instant(row.get("Post Created"), "Post Created")
    text, url = _text(row), text_of(row.get("URL"))
    links = tuple(
        dict.fromkeys(link for name in ADDRESSES if (link := text_of(row.get(name))) and not _is_own(link, row))
    )
    return Post(
        account=account,
        post_id=_post_id(account, url) or digest_id(account, at, text, url, *links),
        created_at=at,
        text=text,
        links=links or None,
        account_name=text_of(row.get("Page Name") or row.get("Group Name") or row.get("User Name")),
        account_created_at=instant_or_none(row.get("Page Created")),
        followers=number_of(
            (text_of(row.get("Followers at Posting") or row.get("Likes at Posting")) or "").replace(",", "")
        ),
        platform="instagram" if row.keys() >= INSTAGRAM_COLUMNS else None,
    )


def _text(row: Record) -> str | None:
    return text_of(row.get("Message") or row.get("Description") or row.get("Link Text"))


def _is_own(link: str, row: Record) -> bool:
    """Tell a link that is only the post's own address: pictures and films carry it as their link."""
    return link == row.get("URL") or (OWN_SITE.match(link) is not None and row.get("Type") in ("Photo", "Native Video"))


def _post_id(account: str, url: str | None) -> str | None:
    found = POST_IN_URL.search(url or "")
    number = id_of(found[1] or found[2]) if found else None
    return f"{account}_{number}" if number else None
