"""Every source that Watchbell reads, declared once: the command line, its help and `auto` know them from here."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from watchbell.sources import bluesky, crowdtangle, mastodon, telegram, twitter
from watchbell.sources.post import Post, Record


class Source(NamedTuple):
    """A platform's export that Watchbell understands."""

    name: str
    description: str
    platform: str
    """Platform that its posts are from unless the analyst says otherwise."""
    recognises: Callable[[Record], bool]
    """Tells from a row whether it is of this source."""
    records: Callable[[Record], Iterable[Record]]
    """Splits a row, which may be a page of answers, into its records."""
    post_of: Callable[[Record], Post | None]
    """Turns a record into a post; None for what is no post. Raises FieldError."""


SOURCES = {
    source.name: source
    for source in (
        Source(
            "twitter",
            "Twitter or X: tweets of API 1.1 or 2, or the tables of its archive of information operations",
            "twitter",
            twitter.recognises,
            twitter.records,
            twitter.post_of,
        ),
        Source(
            "mastodon",
            "Mastodon and its like: statuses as the API gives them",
            "mastodon",
            mastodon.recognises,
            mastodon.records,
            mastodon.post_of,
        ),
        Source(
            "bluesky",
            "Bluesky: feeds or posts as the API gives them, or events of Jetstream",
            "bluesky",
            bluesky.recognises,
            bluesky.records,
            bluesky.post_of,
        ),
        Source(
            "telegram",
            "Telegram: result.json of the desktop programme, or a table of channel posts",
            "telegram",
            telegram.recognises,
            telegram.records,
            telegram.post_of,
        ),
        Source(
            "crowdtangle",
            "CrowdTangle: its tables of Facebook or Instagram posts",
            "facebook",
            crowdtangle.recognises,
            crowdtangle.records,
            crowdtangle.post_of,
        ),
    )
}
TABLE = "table"
TABLE_DESCRIPTION = "Any table with one post on each row, its columns told by their names or by --map"
AUTO = "auto"
NAMES = (AUTO, TABLE, *SOURCES)

LONG_LISTS = ("messages", "statuses", *bluesky.LISTS)
"""Members of an exported document whose lists are read element by element, for a chat's export can be gigabytes."""
