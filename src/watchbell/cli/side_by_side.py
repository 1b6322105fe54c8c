"""The posts of two accounts beside each other, for people to read in a terminal."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import polars as pl
from rich.table import Table

from watchbell.cli.screen import console
from watchbell.desk.investigations.explain import Explanation

_MOST_TEXT = 240


def print_evidence(found: Explanation, limit: int) -> None:
    """Print at most `limit` post pairs, the earliest first."""
    if found.evidence.is_empty():
        console.say("They never acted on the same thing within the window.")
        return
    table = Table("Gap", show_lines=True)
    for head in (found.account_a, found.account_b, "On the same"):
        table.add_column(head, overflow="fold")
    for row in found.evidence.head(limit).iter_rows(named=True):
        table.add_row(*_cells(row))
    console.print(table)
    if found.evidence.height > limit:
        console.say(f"{limit:,} of {found.evidence.height:,} post pairs; --limit shows more, --json all.")


def print_bursts(found: pl.DataFrame, limit: int) -> None:
    """Print at most `limit` posts of a group, burst by burst; see `desk.investigations.explain.explain_group`."""
    if found.is_empty():
        console.say("No two of them acted on the same thing within the window, in what the run's inputs now hold.")
        return
    for (_, by, thing), posts in found.head(limit).group_by("burst", "by", "object_id", maintain_order=True):
        table = Table("Gap", "Account", "Post", title=f"{by}: {_beginning(str(thing))}", title_justify="left")
        for row in posts.iter_rows(named=True):
            table.add_row(f"+{row['gap_s']:g} s", row["account_id"], _post(row["at"], row["post_id"], row["text"]))
        console.print(table)
    if found.height > limit:
        console.say(f"{limit:,} of {found.height:,} posts; --limit shows more, --json all.")


def _cells(row: dict[str, Any]) -> Iterator[str]:
    yield f"{row['gap_s']:+g} s"
    for side in ("a", "b"):
        yield _post(row[f"at_{side}"], row[f"post_{side}"], row[f"text_{side}"])
    yield f"{row['by']}\n{_beginning(row['object_id'])}"


def _post(at: datetime, post: str | None, text: str | None) -> str:
    return "\n".join([f"{at:%Y-%m-%d %H:%M:%S} UTC", *([post] if post else []), *([_beginning(text)] if text else [])])


def _beginning(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1] + "…"
