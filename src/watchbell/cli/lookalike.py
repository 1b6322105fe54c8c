"""`watchbell lookalike`: which domains imitate a protected name."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from watchbell.cli.options import JsonOption, print_json
from watchbell.cli.screen import console
from watchbell.desk.matching.lookalikes import BUNDLED, lookalike_index, lookalikes_in_lines
from watchbell.errors import UsageError
from watchbell.match.lookalikes import FLOOR, Lookalike

app = typer.Typer()


@app.command()
def lookalike(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Domains to look at.")] = None,
    *,
    listed: Annotated[
        list[str] | None,
        typer.Option(
            "--list",
            metavar="FILE",
            help="A file of domains to look at, or - for standard input: one a line, CSV, or a certificate log's JSON.",
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="The names to protect: a file with a domain a line or CSV with the column domain; `bundled` for those "
            "that ship with Watchbell. May be given again. Without it: bundled.",
        ),
    ] = None,
    floor: Annotated[int, typer.Option(min=0, max=100, help="The least score that is told.")] = FLOOR,
    as_json: JsonOption = False,
) -> None:
    """Tell which domains imitate a news outlet, an election office, a party, or a name of your own.

    Each is told with a score of 0 to 100 and the reason. That a domain looks like another proves no bad intent.
    """
    if not names and not listed:
        raise UsageError("Name domains to look at, or a file of them with --list.")
    index = lookalike_index(against or [BUNDLED])
    found = {one.host: one for one in lookalikes_in_lines(_lines(names or [], listed or []), index, floor=floor)}
    if as_json:
        print_json({"lookalikes": [_document(one) for one in found.values()], "names": len(index.names)})
        return
    if found:
        console.print(_table(list(found.values())))
    console.say(f"{len(found):,} lookalikes of {len(index.names):,} protected names.")


def _lines(names: list[str], files: list[str]) -> Iterator[str]:
    yield from names
    with ExitStack() as opened:
        for file in files:
            if file == "-":
                yield from sys.stdin
            else:
                yield from opened.enter_context(Path(file).open(encoding="utf-8", errors="replace"))


def _document(one: Lookalike) -> dict[str, Any]:
    protected = one.protected
    return {
        "host": one.host,
        "imitates": protected.domain,
        "name": protected.name,
        "trick": one.trick,
        "score": one.score,
        "reason": one.reason,
        "list": protected.source,
    }


def _table(found: list[Lookalike]) -> Table:
    table = Table("Domain", "Imitates", "Score", "Why")
    table.columns[2].justify = "right"
    for one in sorted(found, key=lambda one: -one.score):
        table.add_row(one.host, one.protected.domain, str(one.score), one.reason)
    return table
