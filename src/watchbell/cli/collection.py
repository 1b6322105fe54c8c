"""`watchbell collection`: what the TAXII server offers partners, and what the house puts there."""

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
from watchbell.desk.cases.house import house_of
from watchbell.desk.exchange import publishing as desk
from watchbell.desk.exchange.partners import FIRST_GROUP
from watchbell.desk.exchange.publishing import Published
from watchbell.errors import UsageError
from watchbell.model.collections import Collection
from watchbell.model.tlp import Tlp
from watchbell.vault.vault import Vault

app = typer.Typer(no_args_is_help=True, help="Open collections for partners, and put in what you share.")

_BY = "command line"

NameArgument = Annotated[str, typer.Argument(help="The collection's alias or id.", metavar="COLLECTION")]


@app.command("list")
def list_collections(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the collections."""
    with open_workspace(workspace) as opened:
        vault = opened.vault
        held = [(collection, vault.collections.count(collection.id)) for collection in vault.collections.all()]
    if as_json:
        print_json([collection.model_dump(mode="json") | {"objects": count} for collection, count in held])
        return
    table = Table("alias", "title", "up to", "partners read", "partners add", "objects")
    for collection, count in held:
        yes = ["yes" if allowed else "no" for allowed in (collection.offers, collection.accepts)]
        table.add_row(collection.alias or "", collection.title, collection.tlp.upper(), *yes, f"{count:,}")
    console.print(table)


@app.command()
def add(
    alias: Annotated[str, typer.Argument(help="Its name in addresses: a word.", metavar="ALIAS")],
    title: Annotated[str, typer.Option(help="Its name for people.")],
    group: Annotated[str, typer.Option(help="The trust group it is for; a new one is made.")] = FIRST_GROUP,
    up_to: Annotated[
        str, typer.Option(metavar="LEVEL", help=f"The narrowest marking it takes: {TLP_LABELS}.")
    ] = Tlp.AMBER,
    unread: Annotated[bool, typer.Option("--unread", help="Partners may not read it.")] = False,
    accepts: Annotated[bool, typer.Option("--accepts", help="Partners may add to it.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open a collection for a trust group."""
    collection = Collection(
        id=desk.collection_id(alias),
        alias=alias,
        title=title,
        tlp=tlp_label(up_to),
        offers=not unread,
        accepts=accepts,
    )
    with open_workspace(workspace) as opened:
        made = desk.open_collection(opened.vault, collection, group, system_clock())
    if as_json:
        print_json(made.model_dump(mode="json"))
        return
    typer.echo(f"Opened {made.title} ({alias}), {made.id}.")


@app.command()
def publish(
    name: NameArgument,
    case: Annotated[
        str | None, typer.Option(metavar="CASE", help="A confirmed case. Without it: the workspace's indicators.")
    ] = None,
    up_to: Annotated[
        str, typer.Option(metavar="LEVEL", help=f"The narrowest marking of indicators that go in: {TLP_LABELS}.")
    ] = Tlp.GREEN.value,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put indicators, or a case, into a collection; each reader hears what its clearance allows.

    Doing it again adds what is new and what has changed; of a retracted indicator its revoked version goes in.
    """
    label, now = tlp_label(up_to), system_clock()
    with waiting("Publishing"), open_workspace(workspace) as opened:
        vault, operator = opened.vault, opened.settings.operator
        collection = _named(vault, name)
        if case is None:
            done = desk.publish_indicators(vault, collection, up_to=label, operator=operator, by=_BY, now=now)
        else:
            found = vault.cases.get(case)
            if found is None:
                raise UsageError(f"There is no case {case!r}.")
            done = desk.publish_case(vault, collection, found, house=house_of(opened), by=_BY, now=now)
    _print_published(collection, done, as_json=as_json)


def _print_published(collection: Collection, done: Published, *, as_json: bool) -> None:
    if as_json:
        refused = [refusal._asdict() for refusal in done.refused]
        print_json({"collection": collection.id, "there": done.there, "refused": refused})
        return
    console.say(f"{done.there:,} objects of ours are in {collection.title}.")
    for refusal in done.refused[:20]:
        console.say(f"Refused: {refusal.object_id}: {refusal.reason}")


def _named(vault: Vault, name: str) -> Collection:
    found = vault.collections.get(name)
    if found is None:
        raise UsageError(f"There is no collection {name!r}. `watchbell collection list` shows which there are.")
    return found
