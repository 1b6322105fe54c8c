"""`watchbell ads alike`: find the ads that say nearly the same."""

from watchbell.cli.options import JsonOption, WorkspaceOption, open_workspace, print_json, waiting
from watchbell.cli.screen import console
from watchbell.desk.ads.likeness import group_alike


def alike(*, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Find the ads of the library that say nearly the same, whoever paid, for the ads' pages to show. Run it nightly.

    At least half of what two such ads say is the same. Words inside pictures are not compared.
    """
    with open_workspace(workspace) as opened, waiting("the library"):
        groups = group_alike(opened.vault)
    if as_json:
        print_json({"groups": groups})
    else:
        console.say(f"Found {groups:,} groups of ads that say nearly the same.")
