"""`watchbell match --follow`: the loop that waits for posts, and what it says of them."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import typer

from watchbell.cli.screen import console
from watchbell.desk.matching.matching import Matched
from watchbell.desk.matching.watching import FileOutlet, Outlet, Watch, WorkspaceOutlet
from watchbell.errors import UsageError
from watchbell.vault.workspace import Workspace

_WAIT_S = 1.0
_STANDARD_INPUT = Path("-")


def watch(
    look: Watch, path: Path, workspace: Workspace | None, out: Path | None, *, until_end: bool, as_json: bool
) -> None:
    """Match posts as they come until they end or Ctrl-C; hits go to `out`, or into the workspace.

    Raises:
        UsageError: there is no place for the hits.
    """
    outlet: Outlet
    if out is not None:
        outlet = FileOutlet(out)
    elif workspace is not None:
        outlet = WorkspaceOutlet(workspace, path)
    else:
        raise UsageError("Say where the hits go: --out FILE.jsonl.")
    posts = hits = rejected = 0
    try:
        for matched in _coming(look, path, outlet, until_end=until_end):
            posts, hits = posts + matched.posts, hits + matched.hits.num_rows
            rejected += len(matched.rejects)
            _tell(matched, as_json=as_json)
    except KeyboardInterrupt:
        pass  # the way to stop: what was finished is kept, and the checkpoint says where to go on
    if as_json:
        typer.echo(json.dumps({"posts": posts, "hits": hits, "rejected_rows": rejected}))
    else:
        console.say(f"{hits:,} hits in {posts:,} posts; {rejected:,} rows could not be used.")


def _coming(look: Watch, path: Path, outlet: Outlet, *, until_end: bool) -> Iterator[Matched]:
    if path == _STANDARD_INPUT:
        yield from look.stream(sys.stdin.buffer, "standard input", outlet)
        return
    while True:
        yield from look.growing(path, outlet)
        if until_end:
            return
        time.sleep(_WAIT_S)


def _tell(matched: Matched, *, as_json: bool) -> None:
    if as_json or not matched.hits.num_rows:
        return
    for hit in matched.hits.select(["target_id", "indicator_value", "source", "matched"]).to_pylist():
        console.say(f"{hit['target_id']}: {hit['indicator_value']} ({hit['source']}), in “{hit['matched'][:120]}”")
    for reject in matched.rejects[:3]:
        console.say(reject.told())
