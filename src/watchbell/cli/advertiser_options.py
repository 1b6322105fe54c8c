"""What the commands about advertisers share."""

from pathlib import Path
from typing import Annotated

import typer

from watchbell.ads.routebook import RouteBook
from watchbell.desk.advertisers import Office
from watchbell.vault.workspace import Workspace

Who = Annotated[str, typer.Argument(metavar="ADVERTISER", help="Id, organisation or person.")]
RoutesOption = Annotated[
    list[Path] | None,
    typer.Option("--routes", metavar="FILE", help="Routes of another jurisdiction beside the bundled ones; YAML."),
]


def office_of(workspace: Workspace, routes: list[Path] | None) -> Office:
    """Return where advertisers are dealt with in a workspace, by the bundled routes and these files."""
    return Office(workspace.vault, workspace.settings, RouteBook.bundled().with_files(routes or ()))
