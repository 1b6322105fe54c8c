"""`watchbell init`: make a workspace."""

import json
from pathlib import Path
from typing import Annotated

import typer

from watchbell.cli.options import JsonOption
from watchbell.vault.workspace import Workspace

app = typer.Typer()


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder to make a workspace of.")] = Path(),
    *,
    as_json: JsonOption = False,
) -> None:
    """Make a workspace: the folder that holds posts, records and settings. One that is there stays as it is."""
    root = folder.absolute()
    new = not Workspace.is_at(root)
    with Workspace.create(root) as workspace:
        if as_json:
            typer.echo(json.dumps({"workspace": str(workspace.root), "created": new}))
        elif new:
            typer.echo(f"Made a workspace at {root}. Its settings are in watchbell.toml.")
        else:
            typer.echo(f"{root} is a workspace already; nothing was changed.")
