"""`watchbell taxii`: pull from partners' TAXII servers, and push to them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from watchbell.cli.options import (
    TLP_LABELS,
    JsonOption,
    WorkspaceOption,
    open_workspace,
    print_json,
    tlp_label,
    waiting,
)
from watchbell.cli.screen import console
from watchbell.clock import system_clock
from watchbell.desk.exchange import peers as desk
from watchbell.desk.exchange.partners import partner_named
from watchbell.desk.exchange.pulling import Pulled, pull
from watchbell.desk.exchange.pushing import Aim, push
from watchbell.errors import PeerError, UsageError
from watchbell.model.peers import Peer
from watchbell.model.tlp import Tlp

app = typer.Typer(no_args_is_help=True, help="Pull from partners' TAXII servers, and push to them.")

_BY = "command line"
PeerArgument = Annotated[str, typer.Argument(help="The peer's name, as `watchbell taxii add` gave it.", metavar="PEER")]
FileOption = Path | None


@app.callback()
def _group() -> None:
    """Pull from partners' TAXII servers, and push to them."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What to call it: small letters, digits, hyphens.", metavar="PEER")],
    url: Annotated[str, typer.Argument(help="Its TAXII 2.1 discovery or API root.", metavar="URL")],
    *,
    partner: Annotated[str, typer.Option(help="Whose server it is: the partner's name or id.")],
    user: Annotated[str | None, typer.Option(help="User name, for basic authentication.")] = None,
    password_file: Annotated[
        FileOption, typer.Option(metavar="FILE", help="Holds the password or token that goes with --user.")
    ] = None,
    bearer_file: Annotated[
        FileOption, typer.Option(metavar="FILE", help="Holds a bearer token, instead of --user and --password-file.")
    ] = None,
    authority: Annotated[
        FileOption, typer.Option(metavar="FILE", help="Certificates that vouch for the server, where not the usual.")
    ] = None,
    certificate: Annotated[FileOption, typer.Option(metavar="FILE", help="Our client certificate (PEM).")] = None,
    key: Annotated[FileOption, typer.Option(metavar="FILE", help="Its key, where it is in another file.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Add a peer, or change the one of this name. Its token is copied into a file that only you may read."""
    secret = bearer_file if user is None else password_file
    if secret is None or (user is None) != (password_file is None):
        raise UsageError("Name either --bearer-file, or --user and --password-file.")
    token = secret.read_text("utf-8", errors="replace").strip()
    with open_workspace(workspace) as opened:
        whose = partner_named(opened.vault, partner)
        try:
            peer = Peer(
                name=name,
                url=url,
                partner_id=whose.id,
                username=user,
                authority=_absolute(authority),
                certificate=_absolute(certificate),
                key=_absolute(key),
            )
        except ValueError as error:
            raise UsageError(
                f"{name!r} is no name for a peer: small letters, digits and hyphens, 63 at most."
            ) from error
        desk.add_peer(opened, peer, token, by=_BY, now=system_clock())
    console.say(f"Peer {name}: {url}, the server of {whose.name}. Try it: watchbell taxii pull {name}")


@app.command(name="pull")
def pull_(
    peer: PeerArgument,
    *,
    collections: Annotated[
        list[str] | None,
        typer.Option("--collection", help="Only this one, by id, alias or title; may be given again."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring in what a peer has since the last pull: indicators, and what was said of them.

    It can be stopped or killed at any moment and run again: nothing is lost and nothing doubled. Objects that cannot be
    taken are kept in the workspace's folder `rejects`, each with its id and the reason.
    """
    with waiting(f"Pulling from {peer}"), open_workspace(workspace) as opened:
        found = desk.peer_named(opened.vault, peer)
        with desk.connection_to(opened, found) as connection:
            reached = desk.reach(connection, found)
            done = pull(opened, found, reached, named=collections or (), clock=system_clock)
    if as_json:
        print_json({"peer": peer, "collections": [_document(each) for each in done]})
    else:
        console.print(_pulled(done))
    _raise_problems([(each.collection.title, each.problem) for each in done])


@app.command(name="push")
def push_(
    peer: PeerArgument,
    *,
    collection: Annotated[
        str | None,
        typer.Option(help="To this one, by id, alias or title. Without it: the only one that takes anything."),
    ] = None,
    up_to: Annotated[
        str, typer.Option(metavar="LEVEL", help=f"The narrowest marking that may leave: {TLP_LABELS}.")
    ] = Tlp.CLEAR.value,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a peer the indicators that it may hear, and what you said of them.

    Without --up-to only what anyone may hear leaves; the partner's clearance bounds it too. What the peer has from an
    earlier push is not sent again, and what it takes is written down as received.
    """
    aim = Aim(collection, tlp_label(up_to), _BY)
    with waiting(f"Pushing to {peer}"), open_workspace(workspace) as opened:
        found = desk.peer_named(opened.vault, peer)
        with desk.connection_to(opened, found) as connection:
            pushed = push(opened, found, desk.reach(connection, found), aim, system_clock)
    title = pushed.collection.title
    if as_json:
        counts = {"taken": pushed.taken, "known": pushed.known, "refused": pushed.refusals}
        print_json({"peer": peer, "collection": pushed.collection._asdict(), **counts, "problem": pushed.problem})
    else:
        console.say(f"{title}: {pushed.taken:,} objects taken, {pushed.known:,} there from before.")
        for name, reason in pushed.refusals.items():
            console.say(f"  refused: {name}: {reason}")
    _raise_problems([(title, pushed.problem)])


@app.command()
def status(
    peer: Annotated[str | None, typer.Argument(help="Only this one.", metavar="[PEER]")] = None,
    *,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how far each collection of a peer, or of all, has been pulled. Nobody is asked for it."""
    with open_workspace(workspace) as opened:
        shelf = opened.vault.peers
        found = shelf.all() if peer is None else [desk.peer_named(opened.vault, peer)]
        known = [(each, shelf.checkpoints(each.name)) for each in found]
    if as_json:
        print_json(
            [
                each.model_dump(mode="json") | {"collections": [one.model_dump(mode="json") for one in checkpoints]}
                for each, checkpoints in known
            ]
        )
        return
    table = Table("Peer", "Collection", "Part", "Objects", "Goes on after", "Last pulled", "State")
    for each, checkpoints in known:
        for one in checkpoints:
            state = "at the end" if one.is_at_end else "in the middle"
            after, pulled = one.added_after or "the beginning", f"{one.pulled_at:%Y-%m-%d %H:%M}"
            table.add_row(each.name, one.title, one.part, f"{one.objects:,}", after, pulled, state)
        if not checkpoints:
            table.add_row(each.name, "", "", "0", "the beginning", "never", "")
    console.print(table)


def _absolute(file: Path | None) -> str | None:
    return None if file is None else str(file.absolute())


def _document(done: Pulled) -> dict[str, object]:
    counts = ("objects", "new", "known", "feedback", "waiting", "rejected", "problem")
    return {"id": done.collection.id, "title": done.collection.title, **{name: getattr(done, name) for name in counts}}


def _pulled(done: list[Pulled]) -> Table:
    table = Table("Collection", "Objects", "New indicators", "Known", "Feedback", "Waiting", "Rejected")
    for column in table.columns[1:]:
        column.justify = "right"
    for each in done:
        counts = (each.objects, each.new, each.known, each.feedback, each.waiting, each.rejected)
        table.add_row(each.collection.title, *(f"{count:,}" for count in counts))
    return table


def _raise_problems(found: list[tuple[str, str | None]]) -> None:
    problems = [f"{title}: {problem}" for title, problem in found if problem is not None]
    if problems:
        raise PeerError("\n".join(problems))
