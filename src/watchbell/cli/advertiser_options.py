"""What the commands about advertisers share."""

from pathlib import Path
from typing import Annotated

import typer

from watchbell.desk.advertisers.office import Office, office_in
from watchbell.vault.workspace import Workspace

Who = Annotated[str, typer.Argument(metavar="ADVERTISER", help="Id, organisation or person.")]
RoutesOption = Annotated[
    list[Path] | None,
    typer.Option("--routes", metavar="FILE", help="Routes of another jurisdiction beside those of the settings; YAML."),
]


def office_of(workspace: Workspace, routes: list[Path] | None) -> Office:
    """Return where advertisers are dealt with in a workspace, by the bundled routes, the settings' and these files."""
    return office_in(workspace, routes or ())
