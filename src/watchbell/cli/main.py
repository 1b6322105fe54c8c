"""The `watchbell` command: its groups, how it starts, and how it ends.

Each group of commands is a module that is loaded when it is asked for, so that `watchbell --version`
and `--help` start at once and a bare install never loads a part it does not have.
"""

import atexit
import gc
import importlib
import sys
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from watchbell import __version__
from watchbell.cli.terminal import visible
from watchbell.errors import MissingExtraError, WatchbellError


class Door(NamedTuple):
    """A command group or command, and the module that brings it."""

    module: str
    help: str
    extra: str | None = None


DOORS = {
    "init": Door("watchbell.cli.init", "Make a workspace: the folder that holds posts, records and settings."),
    "demo": Door("watchbell.cli.demo", "Run the whole loop on real bundled data, then serve the desk.", "desk"),
    "posts": Door("watchbell.cli.posts", "Bring platforms' exports in."),
    "detect": Door("watchbell.cli.detect", "Find accounts that act as one."),
    "simulate": Door("watchbell.cli.simulate", "Make a world in which it is known who acts together."),
    "case": Door("watchbell.cli.case", "List cases, and write one down for a recipient.", "desk"),
    "indicators": Door("watchbell.cli.indicators", "Bring partners' indicators in, and send ours out.", "desk"),
    "feedback": Door("watchbell.cli.feedback", "Say what you think of an indicator, and take one back.", "desk"),
    "release": Door("watchbell.cli.release", "Let two people agree before something narrow leaves.", "desk"),
    "request": Door("watchbell.cli.request", "Keep what governments ask, and count it in public.", "desk"),
    "partner": Door("watchbell.cli.partner", "Let partners in, and say what each may hear.", "desk"),
    "collection": Door("watchbell.cli.collection", "Open collections for partners, and put in what you share.", "desk"),
    "taxii": Door("watchbell.cli.taxii", "Pull from partners' TAXII servers, and push to them.", "desk"),
    "match": Door("watchbell.cli.match", "Find partners' indicators in posts."),
    "lookalike": Door("watchbell.cli.lookalike", "Tell which domains imitate a protected name."),
    "ads": Door("watchbell.cli.ads", "Import political ads and review them.", "desk"),
    "advertiser": Door("watchbell.cli.advertiser", "Let advertisers show who they are before their ads run.", "desk"),
    "serve": Door("watchbell.cli.serve", "Serve the desk, the public ad library, and TAXII 2.1 for partners.", "desk"),
    "user": Door("watchbell.cli.user", "Add people to the desk.", "desk"),
}


class LazyGroup(TyperGroup):
    """A group that lists its commands from a table and loads the one that is run."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # Typer's signature
        """Return the names in the order of the table."""
        return list(DOORS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  # Typer's signature
        """Return what a listing shows of the command: its name and one line."""
        door = DOORS.get(cmd_name)
        return None if door is None else TyperCommand(cmd_name, help=door.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command itself, loaded, and the arguments left for it."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else load(name), rest


def load(name: str) -> Any:
    """Return the command or group of commands that `name` calls.

    Raises:
        MissingExtraError: the group needs an extra that is not installed.
    """
    door = DOORS[name]
    try:
        group: typer.Typer = importlib.import_module(door.module).app
    except ModuleNotFoundError as error:
        if door.extra is None or (error.name or "").startswith("watchbell"):
            raise
        raise MissingExtraError(f"`watchbell {name}`", door.extra) from error
    command = get_command(group)
    command.name = name
    return command


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Find coordinated influence operations, match partners' indicators, open political ads, share what you find.",
    epilog="Exit codes: 0 done; 1 failed; 2 wrong use; 65 unusable input; 66 no workspace; 69 a part is not installed; "
    "75 a message could not be sent; 76 a partner's server failed; 77 not allowed; 130 interrupted.",
)


def _print_version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"watchbell {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and stop.",
            callback=lambda asked: _print_version(asked=asked),
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Hold the options that come before a command."""


def run() -> None:
    """Run the command line; what went wrong becomes a sentence on standard error and an exit code."""
    # What is left at the end goes with the process: to look through it for cycles would take a third of a second.
    atexit.register(gc.freeze)
    try:
        app()
    except WatchbellError as error:
        typer.echo(visible(f"watchbell: {error}"), err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.filename is None:
            raise
        typer.echo(visible(f"watchbell: {error.filename}: {error.strerror}."), err=True)
        sys.exit(WatchbellError.exit_code)
    except KeyboardInterrupt:
        typer.echo("watchbell: interrupted; what was finished before is kept.", err=True)
        sys.exit(130)
